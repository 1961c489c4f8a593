"""Flask: the webhook and the page behind a scanned code."""
