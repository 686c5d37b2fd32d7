"""Oversight: who did what with the register, and whether the record of it is whole."""
