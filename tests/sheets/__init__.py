"""Files of lists as they come, good and bad, made when they are wanted."""
