"""Ways of answering: each turns a text into a JSON value, or rejects it with a reason."""
