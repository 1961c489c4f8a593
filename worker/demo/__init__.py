"""Demo: invented people in the sandbox, with households and histories of every colour."""
