"""The report formats: one module and one function for each, and the registry that lists them."""
