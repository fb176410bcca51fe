"""One held against the other: what came against what is promised."""
