"""The mirror: a reference follower, which keeps a copy of the register in one SQLite file.

It knows the service by its public API alone and needs nothing but httpx, so this folder and
`app/remote.py` may be taken elsewhere and run there as `python -m app.mirror`. Read `follower.py`
first.

Whoever reads the file finds in `records` the type, id, version, source, source_key and the data of
each record (JSON, as the lists show it), and in `place` how far the mirror has come. While
`place.has_more` is 0 the records are one state of the service; while it is 1 a few of them may
point ahead.
"""
