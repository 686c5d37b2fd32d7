"""Store: writes and finds records; knows no HTTP.

All writes take the same steps, and a single PUT is a batch of one: `loading` (reads stored
records), `placing` (spreads bodies over columns, resolves references, finds the municipality), for
lists `matches` (finds the stored records that drafts change), `checking` (form, rules, natural
keys), `keeping` (writes rows, parts and the journal).
"""
