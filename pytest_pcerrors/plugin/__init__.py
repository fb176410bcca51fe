"""The pytest plugin: hooks that only translate, and cassette items."""
