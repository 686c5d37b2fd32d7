"""School Network: the register of a programme that helps weak schools through a network."""
