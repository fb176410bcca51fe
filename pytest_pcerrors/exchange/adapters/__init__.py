"""Adapters that read the response objects of clients and frameworks, and recorded responses."""
