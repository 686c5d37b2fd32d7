"""The sender: uploads a list to a running service and prints its report; needs no database."""
