"""The report of the command `audit verify`: whether the audit trail is whole, in plain words."""

from app.store import trail
from app.store.anchor import Anchor
from app.store.database import Database
from app.store.proof import Proof, prove


def report(database: Database) -> int:
    """Print what was found of the trail; the exit status is 0 if it is whole, else 1."""
    found = prove(database)
    ours = database.read(lambda tx: trail.head(tx.connection))
    print("\n".join(_lines(found, database.anchor, ours.database_id)))
    return 0 if found.whole else 1


def _lines(found: Proof, anchor: Anchor | None, database_id: str) -> list[str]:
    lines = [f"entries: {found.entries}"]
    if found.whole:
        lines.append("whole: yes")
    else:
        lines += [
            "whole: NO",
            f"first broken entry: {found.first_broken} (it is missing, or is not what was written)",
        ]
    if anchor is None or found.anchored is None:
        # A new database has none yet; nor has one whose id somebody has changed.
        lines.append("head outside the database: none, so an end that was cut off would not show")
    else:
        lines.append(f"head outside the database: {found.anchored}, in {anchor.folder}")
    others = anchor.others(database_id) if anchor else []
    lines += [f"head of another database: {each.database_id} at {each.seq}" for each in others]
    return lines
