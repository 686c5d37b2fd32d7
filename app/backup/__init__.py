"""Copies of the register, made while it is written to, and restored whole or not at all."""
