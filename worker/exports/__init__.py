"""Exports: people of a division as a form from above wants them, as .xlsx or CSV, streamed, marked, expiring."""
