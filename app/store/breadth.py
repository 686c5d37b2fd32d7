"""Breadth: a list for which a large collection would be read from end to end is refused.

See decision 45.
"""

from app.findings import Finding, fault
from app.model.caller import Caller
from app.model.resource import Resource
from app.problems import Invalid
from app.store.filters import filters
from app.store.query import Query

MOST = 1_000_000
"""Records that a page may read, sort or count: about a second."""

TOO_WIDE = fault(
    "too_wide",
    "Записей больше {most}, а для ответа пришлось бы прочитать все. Добавьте один из фильтров: "
    "{allowed}. Весь список можно взять файлом CSV.",
    "There are more than {most} records, and the answer would read all of them. Add one of the "
    "filters {allowed}. The whole list can be taken as a CSV file.",
)


def is_wide(resource: Resource, query: Query, caller: Caller) -> bool:
    """Whether neither scope nor filter nor the order of ids bounds what is read."""
    is_narrowed = any(name in query.filters for name in _narrowing(resource))
    return caller.home is None and query.is_heavy(resource) and not is_narrowed


def refuse_if_large(resource: Resource, query: Query, count: int) -> None:
    """Refuse a wide query of a collection with so many records.

    Raises:
        Invalid: there are more than `MOST`; it names every parameter that makes the query wide.

    """
    if count <= MOST:
        return
    wide = [*query.filters]
    wide += ["q"] if query.words else []
    wide += ["sort"] if len(query.orders) > 1 else []
    wide += ["include_total"] if query.include_total else []
    values = {"most": MOST, "allowed": ", ".join(_narrowing(resource))}
    raise Invalid(*(Finding(TOO_WIDE, parameter=name, values=values) for name in wide))


def _narrowing(resource: Resource) -> list[str]:
    """The filters that lead to few of all records."""
    entries = filters(resource).values()
    return [each.name for each in entries if each.is_narrow or each.name == "municipality_id"]
