"""Demands: what a kind of record must declare; otherwise the service does not start."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import get_args, get_origin

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.model.columns import Scaled
from app.model.declaration import UNSAID, Declaration, model_in
from app.model.grants import WRITES, Grant, Reach, Verb
from app.model.leaves import heading_of, leaves, title_of
from app.model.naming import misnamed

ORGANIZATIONS = "organizations"
MUNICIPALITIES = "municipalities"


def demand_whole(resource: Declaration) -> None:
    """Refuse a declaration that lacks something the service needs.

    Raises:
        ValueError: one sentence for each thing to add.

    """
    if lacks := list(dict.fromkeys(_lacks(resource))):
        raise ValueError("\n".join(f"{resource.name}: {sentence}" for sentence in lacks))


def _lacks(resource: Declaration) -> Iterator[str]:
    if lost := [*_lost_tables(resource)] or [*_lost_parts(resource)]:
        # Without them nothing else can be read of a declaration.
        yield from lost
        return
    yield from _undeclined(resource)
    yield from _unknown_names(resource)
    yield from _needless_defaults(resource)
    yield from misnamed(resource)
    if not resource.access:
        yield "Nothing says who may do what. Add access={Role.…: Grant(…)}, the grants by role."
    for grant in resource.access.values():
        yield from _open_reaches(resource, grant)
        yield from _unknown_fields(resource, grant)
    if isinstance(resource.owner, str):
        yield from _no_owner_column(resource, resource.owner)
    yield from _no_period(resource)
    yield from _no_change(resource)
    yield from _other_decimals(resource)
    yield from _open_headings(resource)
    yield from _unknown_words(resource)


def _lost_tables(resource: Declaration) -> Iterator[str]:
    for row in (resource.row, *resource.parts.values()):
        if getattr(row, "__tablename__", "") not in SQLModel.metadata.tables:
            yield f"Its row {row.__name__} has no table. Add table=True behind its bases."
            return
    if resource.table.name != resource.name:
        yield f"Its table is called {resource.table.name}. Say __tablename__ = {resource.name!r}."


def _lost_parts(resource: Declaration) -> Iterator[str]:
    """Lists of parts without rows, rows without a list, and rows of another kind."""
    fields = resource.write.model_fields
    for name, info in fields.items():
        is_list = get_origin(info.annotation) is list
        if is_list and model_in(info.annotation) and name not in resource.parts:
            yield f'Nothing keeps its {name}. Add parts={{"{name}": <a class of rows>}}.'
    table = resource.table.name
    for name, part in resource.parts.items():
        if name not in fields:
            yield f"Its parts name {name}, which its body does not have. Name a field of the body."
        rows = SQLModel.metadata.tables[str(part.__tablename__)]
        if _targets(rows.c.owner_id) != {f"{table}.id"}:
            yield f'The rows of its {name} have another owner. Add owner_id = owner("{table}").'


def _undeclined(resource: Declaration) -> Iterator[str]:
    """Grammatical forms of its name that are missing, or begin as they do not in a sentence."""
    all_, one, many = resource.titles
    if not all_[:1].isupper():
        yield 'Its heading has no capital. Say it in titles: all="Организации".'
    if not one[:1].islower():
        yield 'Nothing names one record. Add to titles the accusative: one="организацию".'
    if not many[:1].islower():
        yield 'Nothing names its records. Add to titles the genitive plural: many="организаций".'


def _unknown_names(resource: Declaration) -> Iterator[str]:
    """Columns and fields that the declaration names and the kind does not have."""
    columns, fields = resource.table.c, resource.write.model_fields
    owns = "municipality_id" in fields or resource.name == MUNICIPALITIES
    if not resource.hangs_on and not owns:
        yield (
            "Nothing says in which municipality a record is. "
            'Add hangs_on=("<a reference>",), or let its body be Owned.'
        )
    for said, names, existing in (
        ("sorts", resource.sorts, columns.keys()),
        ("immutable", resource.immutable, fields.keys()),
        ("hangs_on", resource.hangs_on, [each.name for each in columns if each.foreign_keys]),
        ("guards", resource.guards, [each.name for each in columns if each.foreign_keys]),
    ):
        for name in names:
            if name not in existing:
                what = "references" if said in {"hangs_on", "guards"} else "fields"
                yield f"Its {said} names {name}, which is none of its {what}. Correct the name."
    for column in columns:
        for name in column.info.get("folds", ()):
            if name not in columns:
                yield f"Its {column.name} folds {name}, which is no column. Correct the name."


def _needless_defaults(resource: Declaration) -> Iterator[str]:
    """Fields that are null if a body leaves them out, although their type has no null."""
    infos = dict(resource.write.model_fields)
    infos |= {leaf.path: leaf.info for leaf in leaves(resource)}
    for path, info in infos.items():
        is_null = info.default is None and info.default_factory is None
        if is_null and type(None) not in get_args(info.annotation):
            yield f"{path} may be left out, but not be null. Add default=... or say | None."


def _open_reaches(resource: Declaration, grant: Grant) -> Iterator[str]:
    """Reaches that need a declaration besides the grant."""
    reaches = {grant.read, grant.write}
    if Reach.OWN in reaches and resource.owner is None:
        yield (
            "A grant says OWN, but nothing says whose a record is. "
            'Add owner="<the column that names the organization>".'
        )
    if grant.write == Reach.OWN and callable(resource.owner) and grant.read != Reach.OWN:
        yield (
            "Its owner is a condition, which only reading applies. "
            "Let the grant that writes OWN read OWN too, or name a column as owner."
        )
    if reaches & {Reach.OPEN, Reach.SHARED} and not resource.is_shareable:
        yield "A grant says OPEN or SHARED, but none of its records is shared. Say SCOPE."
    if Reach.ACCEPTED in reaches and not _knows_accepted(resource):
        yield 'A grant says ACCEPTED. Add a workflow with a state "accepted".'
    if grant.write in {Reach.OPEN, Reach.ACCEPTED} or grant.read == Reach.SOURCE:
        yield "OPEN and ACCEPTED are only read, SOURCE is only written. Choose another reach."
    if (grant.write and not grant.verbs) or not grant.verbs <= WRITES:
        yield "A grant has verbs that do not write. Name CREATE, CHANGE or DELETE."
    if Verb.CREATE in grant.verbs and Verb.CHANGE not in grant.verbs:
        yield "A grant creates and does not change, but PUT by key and lists do both. Add CHANGE."


def _knows_accepted(resource: Declaration) -> bool:
    return resource.workflow is not None and "accepted" in resource.workflow.steps


def _unknown_fields(resource: Declaration, grant: Grant) -> Iterator[str]:
    for name in sorted((grant.fields or frozenset()) - resource.write.model_fields.keys()):
        yield f"A grant names the field {name}, which its body does not have. Leave it out."


def _no_owner_column(resource: Declaration, name: str) -> Iterator[str]:
    column = resource.table.c.get(name)
    is_itself = name == "id" and resource.table.name == ORGANIZATIONS
    if not is_itself and _targets(column) != {f"{ORGANIZATIONS}.id"}:
        yield f"Its owner is {name}, which is no column that refers to organizations."


def _targets(column: "sa.Column[object] | None") -> set[str]:
    """What a column refers to, as `table.column`; of an absent one nothing."""
    return set() if column is None else {key.target_fullname for key in column.foreign_keys}


def _no_period(resource: Declaration) -> Iterator[str]:
    columns, orders = resource.table.c, _orders(resource)
    if resource.period is UNSAID:
        yield (
            "Nothing says which days a record lasts. "
            'Add period=("<first day>", "<last day>"), or period=None if it has no period.'
        )
    elif resource.period is None:
        for first, last in orders:
            yield f"{last} never comes before {first}, but it has no period. Add period=."
    elif days := [name for name in resource.period if not _is_day(columns.get(name))]:
        yield f"Its period names {' and '.join(days)}, which is no column of days."
    elif resource.period not in orders:
        yield f"Its period may end before it begins. Add date_order{resource.period} to its table."


def _orders(resource: Declaration) -> list[tuple[str, str]]:
    """The pairs of days whose order a CHECK keeps; without those of embedded objects."""
    orders = [
        constraint.info["order"]
        for constraint in resource.table.constraints
        if "order" in constraint.info
    ]
    return [
        constraint for constraint in orders if resource.write.model_fields.keys() >= {*constraint}
    ]


def _is_day(column: "sa.Column[object] | None") -> bool:
    return column is not None and isinstance(column.type, sa.Date)


def _no_change(resource: Declaration) -> Iterator[str]:
    if not resource.example:
        yield "Nothing shows what a body looks like. Add example={…}, a body that is accepted."
    if not resource.change:
        yield "Nothing shows what changes of it. Add change={…}, a merge patch of the example."
    fixed = {*resource.immutable, "municipality_id", "source", "source_key"}
    for name, value in resource.change.items():
        if name not in resource.write.model_fields:
            yield f"Its change names {name}, which its body does not have. Leave it out."
        elif name in fixed:
            yield f"Its change names {name}, which keeps its first value. Change another field."
        elif value == resource.example.get(name):
            yield f"Its change leaves {name} as in the example. Name another value."
        elif any(text.startswith("$") for text in texts(value)):
            yield f"Its change of {name} refers to another record. Change what needs none."


def _other_decimals(resource: Declaration) -> Iterator[str]:
    """Decimals of the example and the change that an answer writes otherwise: 2.50 is 2.5."""
    for name, value in (*resource.example.items(), *resource.change.items()):
        column = resource.table.c.get(name)
        if column is not None and isinstance(column.type, Scaled) and value is not None:
            shown = f"{Decimal(value).normalize():f}"
            if value != shown:
                yield f"Its example says {name} as {value}, an answer as {shown}. Say it so."


def texts(value: object) -> Iterator[str]:
    """All texts in a body, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from texts(item)


def _open_headings(resource: Declaration) -> Iterator[str]:
    """Fields without a heading, and headings that several fields share; parts and objects too."""
    infos = dict(resource.write.model_fields)
    infos |= {leaf.path: leaf.info for leaf in leaves(resource)}
    for path, info in infos.items():
        if not heading_of(info):
            yield f'Lists have no name for {path}. Add heading="…" beside its description.'
    titles = Counter(title_of(resource, leaf) for leaf in leaves(resource))
    for title, times in titles.items():
        if title and times > 1:
            yield f"Lists call {times} fields «{title}». Give each a heading of its own."


def _unknown_words(resource: Declaration) -> Iterator[str]:
    existing = {*resource.table.c.keys(), *resource.parts}
    for word in resource.words:
        for name in word.of:
            if name not in existing:
                yield f"Its rule {word.name} names {name}, which is none of its columns or parts."
        if word.is_of_period and not resource.period:
            yield f"Its rule {word.name} is about its period, and it has none. Add period=."
