"""Broadcasts: who they are for, what they take, freezing, sending, telling; commands and jobs."""
