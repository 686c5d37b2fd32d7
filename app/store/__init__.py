"""Store: writes and finds records; knows no HTTP.

All writes take the same steps, and a single PUT is a batch of one: `loading` (reads stored
records), `placing` (spreads bodies over columns, resolves references, finds the municipality),
`checking` (form, rules, natural keys), `keeping` (writes rows, parts and the journal). Lists enter
by `batch`, which also finds the stored records that rows are about (`matches`) and keeps the fields
that a list does not have (`completion`).
"""
