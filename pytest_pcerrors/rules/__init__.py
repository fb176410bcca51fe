"""The rules of an error response: a parsed response goes in, violations come out."""
