"""Records written and found; no HTTP.

All writes go one way, and a single PUT is a batch of one: `loading` (what is stored), `placing`
(laid out over columns, references resolved, municipality known), for lists `matches` (which stored
records the drafts are changes of), `checking` (form, rules, natural keys), `keeping` (rows, parts,
journal).
"""
