"""Operations: what the service does beside storing records."""
