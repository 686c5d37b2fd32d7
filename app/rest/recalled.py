"""Recalled: the names of a page of records, from what this process knows already (0025)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from pydantic_core import from_json
from starlette.requests import Request

from app.findings import Words
from app.journal import since
from app.journal.sight import SIGHT, later
from app.journal.since import Since, State
from app.registry import KINDS
from app.rest.called import Called, Ids, as_members, namer_of, read
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.known import Names, Told
from app.rest.mentions import Mentions, Shape
from app.store.names import completed, references

_NAME = len('"00000000-0000-0000-0000-000000000000":')
"""Where the name begins in a member."""


class Page(NamedTuple):
    """The records of an answer."""

    kind: str
    state: State
    """The state of the register in which they were read."""
    rows: Sequence[Sequence[Any]]
    """The text and the version of each."""
    keys: Sequence[str]
    """The id of each."""


async def recalled(request: Request, page: Page, shape: Shape) -> Called:
    """The names of the records that a page mentions, and the words of its codes.

    `shape` is that of one record.
    """
    await _catch_up(request, page.state)
    _see(request)
    told = _told(request)
    mentions = [*_mentions(told, page, shape)]
    ids: set[str] = set().union(*(mention.ids for mention in mentions))
    members = {key: told.members.get(key) for key in ids}
    persons = {kind: told.of_kind(kind) & ids for kind in KINDS.of_persons}
    if None in members.values():
        names = await _learn(request, page.kind, told, mentions, members)
        for kind, more in names.items():
            members |= more
            if kind in persons:
                persons[kind] |= more.keys()
    named = {kind: sorted(filter(members.get, keys)) for kind, keys in persons.items()}
    return Called([*filter(None, members.values())], named, _labels(mentions))


async def _catch_up(request: Request, state: State) -> None:
    """Drop what is no longer true in the state of a page."""
    service = service_of(request)
    known = service.known
    if known.state.reaches(state):
        return
    if known.is_empty:
        known.advance(Since(state, {}))
        return
    before, sql = known.state, since.statement(service.database.dialect)
    rows = await service.records.beside(sql, {"since": before.position})
    known.advance(since.changes(before, rows))


def _see(request: Request) -> None:
    """Note that what is known here may be shown, which is of a later state than the page's."""
    if (sight := SIGHT.get()) and sight.shown:
        sight.show(service_of(request).known.newest)


def _told(request: Request) -> Told:
    """What callers with the same rights were told."""
    caller = caller_of(request)
    reader = caller.standpoint, *sorted(caller.bindings.items())
    return service_of(request).known.of(reader, namer_of(request).reads)


def _mentions(told: Told, page: Page, shape: Shape) -> Iterator[Mentions]:
    for key, row in zip(page.keys, page.rows, strict=True):
        text, version = row[:2]
        before, mentions = told.mentions.get(key, (0, None))
        if mentions is None or before != version:
            mentions = shape.mentions(text)
            told.mentions[key] = version, mentions
        yield mentions


async def _learn(
    request: Request,
    kind: str,
    told: Told,
    mentions: Iterable[Mentions],
    members: Mapping[str, bytes | None],
) -> Names:
    """Read the names that a page of a kind lacks, and keep them."""
    lacking: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        for of, key in zip(mention.kinds, mention.ids, strict=True):
            if members[key] is None:
                lacking[of].add(key)
    known = service_of(request).known
    state = known.state
    names = await _read(request, kind, lacking, members)
    if (sight := SIGHT.get()) and sight.shown:
        known.newest = later(known.newest, sight.shown)
    known.keep(told, names, state)
    return names


async def _read(
    request: Request, kind: str, ids: Ids, members: Mapping[str, bytes | None]
) -> Names:
    """The names with these ids; those of a kind are put together from the others of its page."""
    rows = await read(request, ids, kind)
    texts = {key: name for of, key, name in rows if of != kind and name}
    wanted = {key for of, _, name in rows if of == kind and name for key in references(name)}
    texts |= {key: from_json(member[_NAME:]) for key in wanted if (member := members.get(key))}
    said = [
        (of, key, completed(name, texts) if of == kind and name else name) for of, key, name in rows
    ]
    # The first template may name a record that the caller does not see, and another may not.
    silent = {key for of, key, name in said if of == kind and not name}
    said += await read(request, {kind: silent})
    told = as_members(ids, said)
    return {of: {**dict.fromkeys(keys, b""), **told[of]} for of, keys in ids.items()}


def _labels(mentions: Iterable[Mentions]) -> Mapping[str, AbstractSet[Words]]:
    labels: dict[str, set[Words]] = defaultdict(set)
    # Most records of a page have the same few codes.
    for spoken in {mention.labels for mention in mentions}:
        for code, words in spoken:
            labels[code].add(words)
    return labels
