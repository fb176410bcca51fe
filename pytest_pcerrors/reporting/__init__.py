"""What was found, told: one module a format."""
