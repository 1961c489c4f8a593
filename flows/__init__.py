"""Conversations: (session, message) -> (session, replies as data, effects as data). Pure."""
