"""What systems of partners see and record; used by the API, the pushes, commands and the console."""
