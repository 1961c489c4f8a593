"""Lists of cases, of close contacts and of colours stated upstream, as officials type them."""
