"""Signing in to the console: what commands, chat and pages share."""
