"""The national bulletin: made, read, checked and compared."""
