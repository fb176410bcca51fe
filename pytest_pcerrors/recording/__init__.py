"""Recordings of a test: where they lie, what its client received, and the session that talks to the live service."""
