"""People, reports, cases, notices, verdicts, passes: no I/O, no clock."""
