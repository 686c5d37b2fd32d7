"""Rendering: a paper as a file; nothing here reads the register."""
