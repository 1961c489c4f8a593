"""A stand-in for the WeChat platform: both sides of it. It speaks only HTTP and XML."""
