"""The pytest plugin: thin hooks, fixtures, and cassette items."""
