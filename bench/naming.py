"""The cost of names: a list of 100 with `names=true` beside the same list without, in one run.

    .venv/bin/python -m bench.naming [--database-url postgresql://…]

The first table is the demo data's municipality, read by its coordinator; the second one are the
kinds with parts, of which only several municipalities have a full page, read by a coordinator of
all. Rounds alternate; the figures are the least milliseconds through the whole application, without
sockets, as other work of the machine only adds to them:

    plain    the list without names
    known    with names, as any list after the first
    new      with names, the first list of a process that knows no names of these records

    after    the list without names, the first after a change: SQLite drops its pages then
    other    with names, the first after a change of a record that none of its names is made of
    own      with names, the first after a change of one of its records
    school   with names, the first after a change of one organization

Each has its ratio to the list without names on its line. The goal is 1.3 for `known`. A change is
what the journal says of it: its own cost is not measured.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.access.roles import Role
from app.acts import Entry
from app.demo import fill, others
from app.demo.network import District
from app.journal.register import Register
from app.main import create_app
from app.model.resource import Resource
from app.registry import RESOURCES
from app.settings import Settings
from bench.municipality import call, issued, municipality

ROUNDS, PAGE = 60, 100

SMALL, PLACES = District(33, 40, 40, 100), 14
"""The size and the number of the other municipalities."""


class Lists:
    """The lists of one running service, read with one key."""

    def __init__(self, app: Any, key: str) -> None:
        self._app, self._key = app, key
        self._database: Register = app.state.service.database

    async def compare(self, kind: Resource) -> None:
        """Print the figures of one kind, if it has a full page."""
        address = f"/{kind.path}?limit={PAGE}"
        ids = await self._ids(kind)
        if len(ids) < PAGE:
            return
        (school, *_) = await self._ids(next(each for each in RESOURCES if each.name == _SCHOOL))
        known = self._app.state.service.known
        change: dict[str, tuple[Callable[[], object], str]] = {
            "plain": (lambda: None, ""),
            "known": (lambda: None, _NAMED),
            "new": (known.forget, _NAMED),
            "after": (lambda: self._change("headcounts", ids[0]), ""),
            "other": (lambda: self._change("headcounts", ids[0]), _NAMED),
            "own": (lambda: self._change(kind.name, ids[0]), _NAMED),
            "school": (lambda: self._change(_SCHOOL, school), _NAMED),
        }
        times: dict[str, list[float]] = {name: [] for name in change}
        for _ in range(ROUNDS):
            for name, (act, more) in change.items():
                act()
                times[name].append(await self._timed(f"{address}{more}"))
        _tell(kind.name, {name: min(each) for name, each in times.items()})

    async def _ids(self, kind: Resource) -> list[str]:
        answer = await call(self._app, f"/{kind.path}?limit={PAGE}", self._key)
        return [each["id"] for each in json.loads(answer)["items"]]

    def _change(self, kind: str, record_id: str) -> None:
        entry = Entry(kind, record_id, None, 1, None, None, "update")
        self._database.write(lambda tx: tx.entries.extend([entry]))

    async def _timed(self, address: str) -> float:
        begun = time.perf_counter()
        await call(self._app, address, self._key)
        return (time.perf_counter() - begun) * 1000


_SCHOOL, _NAMED = "organizations", "&names=true"
_TABLE = {"plain": ("known", "new"), "after": ("other", "own", "school")}
"""What has names, by what is the same without."""


def _tell(name: str, least: Mapping[str, float]) -> None:
    said = [f"{name:20}"]
    for plain, named in _TABLE.items():
        said.append(f"{least[plain]:8.2f}")
        said += [f"{least[each]:8.2f} {least[each] / least[plain]:4.2f}" for each in named]
    sys.stdout.write("".join(said) + "\n")


async def compare(settings: Settings, key: str, kinds: Iterable[Resource]) -> None:
    """Print a table for some kinds."""
    heads = [
        f"{plain:>8}" + "".join(f"{name:>8}     " for name in named)
        for plain, named in _TABLE.items()
    ]
    sys.stdout.write(f"{'':20}{''.join(heads)}\n")
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        lists = Lists(app, key)
        for kind in kinds:
            await lists.compare(kind)


def main() -> None:
    """Measure one municipality, then several."""
    with municipality(__doc__) as (settings, key):
        asyncio.run(compare(settings, key, RESOURCES))
        database = Register(settings.url, settings.secret_key(), settings.heads)
        for index, oktmo in enumerate(database.read(others)[:PLACES], 1):
            fill(database, oktmo, index, SMALL)
        everywhere = issued(database, role=Role.COORDINATOR)
        database.close()
        asyncio.run(compare(settings, everywhere, [kind for kind in RESOURCES if kind.parts]))


if __name__ == "__main__":
    main()
