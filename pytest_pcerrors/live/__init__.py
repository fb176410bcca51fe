"""Live runs: a session for the real service, and its access token."""
