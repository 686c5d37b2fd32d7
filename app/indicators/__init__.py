"""Indicators of a program, counted from one state of the register, and what they consist of."""
