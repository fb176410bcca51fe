"""Readers of archives, the files of recorded exchanges: cassettes, HAR, NDJSON, stubs, collections, flows, output of curl."""
