"""The change feed: lets other systems keep a copy of the register."""
