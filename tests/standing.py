"""Standing: scenes that tests stand on, made anew only after a test that changed something.

A network of schools costs as much to make as ten reads of it, and most tests only read it. Every
change of a record moves the head of the journal; keys, sessions and what was counted do not, and
belong to no record. So where the head has not moved since a scene was made, the scene is as it was.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import sqlalchemy as sa

from app.database.transaction import Transaction
from app.journal.register import Register
from tests.scene import Scene

Names = frozenset[str]

_STANDING: dict[Callable[..., Scene], str] = {}
"""What all fixtures of this kind are called, with their modules."""

_HEAD = sa.text("SELECT epoch, position, (SELECT count(*) FROM snapshots) FROM journal_heads")
"""Whatever was written of records, and the reports that are kept beside them."""


@dataclass
class _Kept:
    """The scenes that stand in a database, each with what it is called by and its code."""

    head: Any = None
    scenes: dict[Names, tuple[dict[str, str], str]] = field(default_factory=dict)

    def forget_if_moved(self, database: Register) -> None:
        """Keep the scenes only if nobody has written since the last of them was made."""
        if self.head != (head := _head(database)):
            self.head = head
            self.scenes.clear()


_KEPT: "WeakKeyDictionary[Register, _Kept]" = WeakKeyDictionary()


def standing(build: Callable[..., Scene]) -> Callable[..., Scene]:
    """A fixture whose scene is what tests stand on: made in one transaction, and kept."""

    @wraps(build)
    def built(request: pytest.FixtureRequest, **scenes: Scene) -> Scene:
        # Where there are several, they are one that others have built on.
        scene, *_ = scenes.values()
        stand(scene, name, _wanted(request), lambda: build(**scenes))
        return scene

    name = f"{build.__module__}.{build.__qualname__}"
    _STANDING[built] = name
    given = inspect.signature(build)
    asked = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    built.__signature__ = given.replace(  # type: ignore[attr-defined]
        parameters=[asked, *given.parameters.values()]
    )
    return built


def _wanted(request: pytest.FixtureRequest) -> Names:
    """All fixtures of this kind that a test stands on; a module may have its own of a name."""
    found = request.node._fixtureinfo.name2fixturedefs  # noqa: SLF001 - nothing public tells
    return frozenset(
        _STANDING[each.func]
        for every in found.values()
        for each in every[-1:]
        if each.func in _STANDING
    )


def stand(scene: Scene, name: str, wanted: Names, build: Callable[[], object]) -> None:
    """Let a scene have what a fixture makes of all those that a test wants."""
    database: Register | None = getattr(scene.client, "database", None)
    if not database:
        scene.stand(build)
        return
    if scene.stands == wanted:
        return
    kept = _KEPT.setdefault(database, _Kept())
    kept.forget_if_moved(database)
    if not scene.ids and wanted in kept.scenes:
        ids, scene.oktmo = kept.scenes[wanted]
        scene.ids.update(ids)
        scene.stands = wanted
        return
    is_pure = len(scene.ids) == scene.stood
    scene.stand(build)
    kept.head = _head(database)
    if is_pure:
        scene.stood, scene.stands = len(scene.ids), scene.stands | {name}
        if scene.stands == wanted:
            kept.scenes[wanted] = dict(scene.ids), scene.oktmo


def _head(database: Register) -> Any:
    def read(tx: Transaction) -> Any:
        return tuple(tx.execute(_HEAD).one())

    return database.read(read)
