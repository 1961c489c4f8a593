"""The host side: what the account calls."""
