"""Grants: what a role may do with one kind of record; declared beside the kind's fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.model.columns import Choice
from app.model.view import Condition


class Verb(Choice):
    """What an operation does with a record."""

    READ = "read", "чтение"
    CREATE = "create", "создание"
    CHANGE = "change", "изменение"
    DELETE = "delete", "удаление"


class Reach(Choice):
    """How far a grant goes: to which records it applies."""

    ALL = "all", "все"
    SCOPE = "scope", "в области ключа"
    OPEN = "open", "общие и в области ключа"
    SHARED = "shared", "только общие"
    SOURCE = "source", "своего источника"
    OWN = "own", "своей организации"
    ACCEPTED = "accepted", "принятые, в области ключа"


WRITES = frozenset({Verb.CREATE, Verb.CHANGE, Verb.DELETE})


@dataclass(frozen=True)
class Grant:
    """What a role may do with one kind of record."""

    read: Reach | None = None
    write: Reach | None = None
    verbs: frozenset[Verb] = WRITES
    """The verbs of writing that are granted."""
    fields: frozenset[str] | None = None
    """The only fields that may change; None: all."""
    persons: bool = True
    """Whether personal fields are shown."""

    def allows(self, verb: Verb) -> bool:
        """Whether the verb is granted at all, for whatever record."""
        if verb == Verb.READ:
            return self.read is not None
        return self.write is not None and verb in self.verbs


Grants = Mapping[str, Grant]
"""By role; a role that is not named may do nothing."""

NOTHING = Grant(persons=False)


class Granted(Protocol):
    """A kind of record, as far as grants need it."""

    @property
    def access(self) -> Grants:
        """What each role may do."""

    @property
    def owner(self) -> str | Condition | None:
        """To which organization a record belongs: a column of it, or a condition."""
