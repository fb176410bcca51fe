"""Live runs: a session against the real service, and its access token."""
