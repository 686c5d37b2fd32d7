"""What the service does beside keeping records."""
