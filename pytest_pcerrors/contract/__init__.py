"""The contract, its catalogue, and the files and documentation pages that it is read from."""
