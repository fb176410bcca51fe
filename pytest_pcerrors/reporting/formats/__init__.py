"""The report formats, a function for each, and the registry that lists them."""
