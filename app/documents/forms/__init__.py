"""Forms: an authority's own workbook, filled with the figures of a program."""
