"""Lists in: the files that schools send, read row by row and turned into records."""
