"""Documents: the papers of a program, made of its answers and printed in four formats."""
