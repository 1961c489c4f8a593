"""Lists of cases and contacts: read, staged, checked, approved by another, applied chunk by chunk."""
