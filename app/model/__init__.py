"""What a record is: its values, its columns and the declaration from which all else is derived."""
