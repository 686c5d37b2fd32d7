"""The data that a fresh register starts from: the municipalities and the source order with its programme."""
