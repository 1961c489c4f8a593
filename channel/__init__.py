"""The WeChat wire: pushes in, replies out, the API client, the code picture, the delivery ladder."""
