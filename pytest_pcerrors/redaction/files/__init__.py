"""Redact recording files in place."""
