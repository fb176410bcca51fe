"""Rules that check a parsed error response and return its violations."""
