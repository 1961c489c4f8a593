"""Redis: every key on one page, packed values, one repository a noun."""
