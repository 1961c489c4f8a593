"""A small community gate system that works with ours as a partner's would: over HTTP, by docs/api.md alone."""
