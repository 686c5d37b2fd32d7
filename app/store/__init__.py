"""Records written and found: batches, references, search and lists out; no HTTP."""
