"""The third drain: letters, pictures and codes on their way, within what the platform allows."""
