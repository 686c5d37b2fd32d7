"""Model: the values, columns and declarations of records, from which all else is derived."""
