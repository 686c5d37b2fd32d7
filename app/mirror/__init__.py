"""The mirror: a reference follower, which keeps a copy of the register in one SQLite file.

It uses only the public API and needs nothing but httpx, so this folder may be copied elsewhere with
`app/remote.py`, `app/usage.py` and `app/words.py`, and run there as `python -m app.mirror`. Read
`follower.py` first.

The table `records` holds type, id, version, source, source_key and data of each record (JSON, as
the lists show it); the table `place` holds how far the mirror has come. While `place.has_more` is
0, the records are one state of the service; while it is 1, a few may refer to records not yet read.
"""
