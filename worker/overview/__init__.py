"""The overview: numbers of all counties over time, and of the house itself."""
