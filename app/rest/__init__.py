"""How records are spoken: HTTP, and no domain."""
