"""Files of recorded exchanges: cassettes, HAR, NDJSON."""
