"""What is promised: the contract, its catalogue, the files that hold it."""
