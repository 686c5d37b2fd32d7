"""REST: the HTTP side of the service, the same for every kind of record."""
