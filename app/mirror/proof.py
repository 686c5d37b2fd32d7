"""The proof: compares the replica with the lists of the service, record by record."""

from collections.abc import Iterator, Sequence

from app.mirror.follower import Follower
from app.mirror.replica import Row
from app.remote import Answer
from app.words import Words

LOOKS = 5
"""How often a differing record is compared again: others write meanwhile."""

SURPLUS = Words("в копии лишняя", "surplus in the mirror")
MISSING = Words("в копии её нет", "missing in the mirror")
OTHER_VERSION = Words("версия {kept}, в сервисе {shown}", "version {kept}, the service has {shown}")
OTHER_DATA = Words("версия та же, данные другие", "the same version with other data")


def differences(follower: Follower, kinds: Sequence[str]) -> Iterator[str]:
    """A line for each record that differs between the replica and the service."""
    for kind in kinds:
        for record_id in _suspects(follower, kind):
            if what := _standing(follower, kind, record_id):
                yield f"{kind} {record_id}: {what}"


def _suspects(follower: Follower, kind: str) -> list[str]:
    shown = {record["id"]: Row.of(record) for record in follower.service.listed(kind)}
    follower.catch_up()
    kept = follower.replica.rows(kind)
    ids = shown.keys() | kept
    return sorted(record_id for record_id in ids if shown.get(record_id) != kept.get(record_id))


def _standing(follower: Follower, kind: str, record_id: str) -> str | None:
    """How a record differs once the replica has caught up; None if it does not.

    A record that is being written differs in another way each time; the same difference in two
    comparisons in a row is a real one.
    """
    before = None
    for _ in range(LOOKS):
        follower.catch_up()
        seen = follower.replica.row(kind, record_id), _row(follower.service.record(kind, record_id))
        if seen[0] == seen[1] or seen == before:
            break
        before = seen
    return _difference(*seen)


def _row(record: Answer | None) -> Row | None:
    return Row.of(record) if record else None


def _difference(kept: Row | None, shown: Row | None) -> str | None:
    if kept == shown:
        return None
    if kept is None or shown is None:
        return (SURPLUS if kept else MISSING).said()
    if kept.version != shown.version:
        return OTHER_VERSION.said(kept=kept.version, shown=shown.version)
    return OTHER_DATA.said()
