"""Lists in: what schools send as spreadsheets becomes records, and a report that one can act on."""
