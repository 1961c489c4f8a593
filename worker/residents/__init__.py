"""Residents as a community knows them, whether they ever declared or not: rosters from tables, posters that invite."""
