"""Readers of archives, the files of recorded exchanges: cassettes, HAR, NDJSON, output of curl."""
