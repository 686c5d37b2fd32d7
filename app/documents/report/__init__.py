"""The report of a program: eleven sections, made of its answers on one day."""
