"""The rules that no schema can state, one plain function each."""
