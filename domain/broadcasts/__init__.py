"""Broadcasts: one notice to many, drafted by one, approved by another, with everybody accounted for. Pure."""
