"""Responses made from a contract."""
