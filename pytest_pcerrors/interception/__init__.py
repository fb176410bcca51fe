"""Recording and replay with vcrpy. No other package uses its internals."""
