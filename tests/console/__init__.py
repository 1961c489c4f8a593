"""The console, over a real Valkey and in a real browser."""
