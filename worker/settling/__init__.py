"""The first and the second drain: effects become facts on people, and what follows from them becomes views."""
