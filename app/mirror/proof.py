"""The proof: the replica held against the lists of the service, record by record."""

from collections.abc import Iterator, Sequence

from app.mirror.follower import Follower
from app.mirror.replica import Row
from app.remote import Answer

LOOKS = 5
"""How often a record that differs is looked at: others write meanwhile."""


def differences(follower: Follower, kinds: Sequence[str]) -> Iterator[str]:
    """What the replica keeps otherwise than the service, a line for each record."""
    for kind in kinds:
        for record_id in _suspects(follower, kind):
            if what := _standing(follower, kind, record_id):
                yield f"{kind} {record_id}: {what}"


def _suspects(follower: Follower, kind: str) -> list[str]:
    shown = {record["id"]: Row.of(record) for record in follower.service.listed(kind)}
    follower.catch_up()
    kept = follower.replica.rows(kind)
    return sorted(each for each in shown.keys() | kept if shown.get(each) != kept.get(each))


def _standing(follower: Follower, kind: str, record_id: str) -> str | None:
    """How a record differs, if it still does when the replica has everything.

    A record that is being changed differs each time in another way; what does not move between
    two looks is a difference.
    """
    before = None
    for _ in range(LOOKS):
        follower.catch_up()
        seen = follower.replica.row(kind, record_id), _row(follower.service.found(kind, record_id))
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
        return "surplus in the mirror" if kept else "missing in the mirror"
    if kept.version != shown.version:
        return f"version {kept.version}, the service has {shown.version}"
    return "the same version with other data"
