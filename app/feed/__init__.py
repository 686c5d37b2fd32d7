"""The change feed: what other systems follow to keep a copy of the register."""
