"""Volume: what only lists of 100,000 rows and more need; other rooms import it from here only.

Without it, a list of 100,000 participations took 3.8 times as long as a plain COPY of its rows on
SQLite and 4.3 times on PostgreSQL, and all its changes stayed in memory until the end (decision 8).
With it, the list took 1.7 and 2.0 times the COPY (`python -m bench.importing`).

- `bulk`: 50 rows and more are sent by COPY, or on SQLite in one statement. Either is one step of
  the driver, during which Python's lock is free. Ids that a column repeats are converted to text
  once, found by their address in memory.
- `behind`: that step runs in a thread while the transaction reads its next rows.
- `spool`: changes that wait for their positions are in a temporary file; 5,000 stay in memory.
"""

from app.database.volume.behind import begun
from app.database.volume.bulk import MANY, Work, inserting, sending
from app.database.volume.spool import Spool

__all__ = ["MANY", "Spool", "Work", "begun", "inserting", "sending"]
