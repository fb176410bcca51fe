"""What came over the wire, in one normal form."""
