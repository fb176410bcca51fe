"""Requests and responses in one normal form, with the adapters and archive readers that produce it."""
