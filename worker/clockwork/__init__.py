"""What time alone brings: the sweep of every second, the hours, the days."""
