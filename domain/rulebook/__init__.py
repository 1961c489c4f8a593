"""Rulebook: a notice as the table that an official signs, as text and as a page to print."""
