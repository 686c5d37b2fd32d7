"""Cursors of the feed: a follower's place, and the reasons why it may have expired."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.access.matrix import grant_of
from app.access.roles import Role
from app.findings import Finding, fault
from app.model.caller import Caller
from app.problems import CursorExpired, InvalidCursor
from app.registry import RESOURCES
from app.store.cursors import seal, unseal

EPOCH_CHANGED = fault(
    "epoch_changed",
    "База восстановлена из копии: часть того, что вы получили, могла исчезнуть.",
    "The database was restored from a copy: some of what you received may not be in it.",
)
PURGED = fault(
    "purged",
    "Сведения об удалениях после вашего курсора уже не хранятся (срок — 180 дней).",
    "Deletes after your cursor are not kept any more (they are kept for 180 days).",
)
SCOPE_CHANGED = fault(
    "scope_changed",
    "Вашему ключу видно не то, с чем начата лента: изменились его область или роль, или в новой "
    "версии сервиса прибавились виды записей.",
    "The key does not see what it saw when you started the feed: its scope or role has changed, or "
    "a new version of the service has more kinds of records.",
)

SEALED = (15, 27)
"""How many kinds a cursor of the whole feed was sealed with, by releases until 0.2.0 and after.

They are the first ones: newer kinds stand behind them.
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the feed: its epoch, its last position, and the last purged delete."""

    epoch: str
    position: int
    purged_to: int


@dataclass(frozen=True, slots=True)
class Place:
    """How far a follower has come; without an epoch it has not begun."""

    scope: str
    epoch: str | None = None
    position: int = 0
    began_at: int = 0
    """The head when the first load began: records deleted before it were never sent."""

    def moved(self, head: Head, position: int) -> "Place":
        """The place behind a page that was read at this head."""
        began = self.began_at if self.epoch else head.position
        return replace(self, epoch=head.epoch, position=position, began_at=began)

    def holds(self, head: Head, scope: str) -> None:
        """Refuse a place after which the follower would miss changes.

        Raises:
            CursorExpired: the scope or the epoch changed, or deletes after the place are purged.

        """
        if self.scope != scope:
            raise CursorExpired(Finding(SCOPE_CHANGED, parameter="cursor"))
        if self.epoch is None:
            return
        # A position ahead of the head means that the database was restored by hand.
        if self.epoch != head.epoch or self.position > head.position:
            raise CursorExpired(Finding(EPOCH_CHANGED, parameter="cursor"))
        if head.purged_to > max(self.position, self.began_at):
            raise CursorExpired(Finding(PURGED, parameter="cursor"))

    def sealed(self, types: Sequence[str] | None, secret: bytes) -> str:
        """The place as an opaque cursor of these types; None: of the whole feed."""
        place = [self.scope, self.epoch, self.position, self.began_at]
        return seal(place, _shape(types), secret)


def unsealed(cursor: str, types: Sequence[str] | None, secret: bytes) -> Place:
    """The place that a cursor holds.

    Raises:
        InvalidCursor: the cursor is damaged, of other types, or sealed with another secret.
        CursorExpired: it is of the whole feed of a release that had fewer kinds.

    """
    try:
        return Place(*unseal(cursor, _shape(types), secret))
    except InvalidCursor:
        if types is None and (place := _of_former_release(cursor, secret)):
            return place
        raise


def _of_former_release(cursor: str, secret: bytes) -> Place | None:
    """The place in a cursor of the whole feed that was sealed with the names of all kinds.

    Raises:
        CursorExpired: there are more kinds now, so the follower lacks records of some.

    """
    names = [entry.name for entry in RESOURCES]
    for count in SEALED:
        try:
            place = Place(*unseal(cursor, _shape(names[:count]), secret))
        except InvalidCursor:
            continue
        if count < len(names):
            raise CursorExpired(Finding(SCOPE_CHANGED, parameter="cursor"))
        return place
    return None


def scope_of(caller: Caller) -> str:
    """A hash of what a caller sees of the feed; keys that see the same share cursors."""
    role = Role[caller.actor.role.upper()]
    grants = [(entry.name, grant_of(role, entry.name)) for entry in RESOURCES]
    scope = [
        [(name, grant.read and grant.read.value, grant.persons) for name, grant in grants],
        sorted(caller.spoken_bindings.items()),
    ]
    return hashlib.blake2b(json.dumps(scope).encode(), digest_size=8).hexdigest()


def _shape(types: Sequence[str] | None) -> bytes:
    return json.dumps(["changes", *(types or ())]).encode()
