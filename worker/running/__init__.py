"""A house on one machine: its database, its processes, its start and its end."""
