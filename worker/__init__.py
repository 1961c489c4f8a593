"""RQ jobs and the daily clock."""
