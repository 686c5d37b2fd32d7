"""The tests, on both databases."""
