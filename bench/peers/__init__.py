"""Reading measured beside peers that serve the same tables: see `bench.peers.__main__`."""
