"""The sender: carries a list to a running service and prints its report; it needs no database."""
