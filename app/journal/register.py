"""The register: a database together with the journal of its transactions."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from app.acts import Head, Row
from app.database.database import Database
from app.database.transaction import Transaction
from app.journal import settling
from app.journal.anchor import Anchor
from app.journal.ledger import Ledger
from app.problems import DiskFull, Unavailable
from app.settings import TIME_ZONE, Ledgers

_ZONE = ZoneInfo(TIME_ZONE)


class Journal:
    """Records the changes and acts of each transaction, inside the database and outside."""

    def __init__(
        self, anchor: Anchor | None, ledger: Ledger | None, ended_keys: Ledger | None
    ) -> None:
        self.anchor = anchor
        self.ledger = ledger
        self.ended_keys = ended_keys

    def settle(self, tx: Transaction) -> Head | None:
        """Write positions, trail and ledgers; returns the trail's head after the commit."""
        head = settling.settle(tx, self.anchor)
        if self.ledger:
            self.ledger.add(tx.destroyed)
        if self.ended_keys:
            # A key ends even if that cannot be told outside: the next copy adds what is missing.
            with suppress(DiskFull, Unavailable):
                self.ended_keys.add(tx.ended)
        return head

    def follow(self, head: Head) -> None:
        """Move the head outside the database to the committed one."""
        if self.anchor:
            self.anchor.move(head)


class Register(Database):
    """A SQLite file or a PostgreSQL database whose transactions are all journaled."""

    def __init__(
        self,
        url: str,
        secret: bytes = b"",
        heads: Path | None = None,
        ledgers: Ledgers | None = None,
        zone: tzinfo = _ZONE,
        pooler: str = "",
    ) -> None:
        """Name the database, the folder of the trail's heads and the files of the ledgers.

        `zone` decides which day it is; `pooler` is the setting `SN_POOLER`.
        """
        self.anchor = Anchor(heads) if heads else None
        self.ledger = Ledger(ledgers.destroyed) if ledgers else None
        self.ended_keys = Ledger(ledgers.ended_keys) if ledgers else None
        journal = Journal(self.anchor, self.ledger, self.ended_keys)
        super().__init__(url, journal, secret, zone, pooler)

    def append(self, rows: Sequence[Row]) -> None:
        """Add acts that were done earlier to the audit trail; fails as `write` does."""

        def work(tx: Transaction) -> None:
            # Of a batch, however many they are: it may take what long lists leave free.
            tx.room = None
            tx.rows.extend(rows)

        self.write(work)
