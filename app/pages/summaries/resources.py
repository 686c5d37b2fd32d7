"""The page of resources: who lacks what, who has it, and what the network could give."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from app.model.text import alphabetical, fold
from app.model.values import spoken_decimal
from app.pages import marks, paging, words
from app.pages.page import Context
from app.pages.state import categories_of
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.doors import RESOURCES
from app.program.frame import Framed, Named
from app.program.resources import ProgramResources, ResourceLine, ResourceProposal, TypeNamed
from app.registry.program_parts import IndicatorCode

NO_AMOUNT = {None, "0"}
"""What a table shows as a dash."""


NARROWS = dict.fromkeys(("q", "organization_id", "resource_type_id"), str)
"""What the page narrows its table by."""

OFFERS, LACKS = "offers", "lacks"
"""The page of what the network could give, and of what is lacking even then."""


class Line(NamedTuple):
    """An organization and what it has of one type of resources."""

    row: ResourceLine
    verdict: Markup
    categories: list[str]
    form: str
    """The address of the form in which its figures are told again; empty without the right."""


class Offer(NamedTuple):
    """What one organization could lend to another."""

    row: ResourceProposal
    form: str
    """The address of the form that makes it a use; empty without the right."""


def told(visit: Visit, seen: Framed, body: ProgramResources) -> Context:
    """What the page shows."""
    every = sorted(body["items"], key=_order)
    rows = [row for row in every if _is_wanted(visit, row)]
    shown = paging.cut(visit, rows, at="res")
    ids = [row["organization"]["id"] for row in shown.items]
    categories = categories_of(seen.tx, ids, date.fromisoformat(body["as_of"]))
    return {
        "total": len(every),
        "shown": shown,
        "places": _named(row["organization"] for row in every),
        "kinds": _named(row["resource_type"] for row in every),
        "groups": [
            (kind, [_line(visit, row, categories) for row in found])
            for kind, found in groupby(shown.items, key=lambda row: row["resource_type"])
        ],
        "offers": paging.cut(
            visit,
            [Offer(row, _use_form(visit, row)) for row in body["proposals"]],
            name=OFFERS,
            at=OFFERS,
        ),
        "still": paging.cut(visit, list(_still(body)), name=LACKS, at=LACKS),
        "form": visit.form("resource_balances", {}),
        "empty": NO_AMOUNT,
    }


Summary(
    RESOURCES,
    told,
    (IndicatorCode.RESOURCE_SUFFICIENCY_SHARE, IndicatorCode.NEED_COVERAGE_SHARE),
    NARROWS,
    (paging.PAGE, OFFERS, LACKS),
).declare()


def _is_wanted(visit: Visit, row: ResourceLine) -> bool:
    """Whether a row has the words, the organization and the type that are asked for."""
    place, kind = row["organization"], row["resource_type"]
    text = fold(f"{place['name'] or ''} {kind['name'] or ''}")
    return (
        fold(visit.query("q").strip()) in text
        and visit.query("organization_id") in {"", place["id"]}
        and visit.query("resource_type_id") in {"", kind["id"]}
    )


def _named(every: Iterable[Named | TypeNamed]) -> list[tuple[str, str]]:
    """Ids with their names, in the order of names."""
    names = {each["id"]: each["name"] or "скрыто" for each in every}
    return sorted(names.items(), key=lambda pair: alphabetical(pair[1]))


def _line(visit: Visit, row: ResourceLine, categories: Mapping[str, list[str]]) -> Line:
    who, kind = row["organization"]["id"], row["resource_type"]["id"]
    own = visit.caller.organization_id
    is_theirs = own is None or str(own) == who
    given = {"organization_id": who, "resource_type_id": kind}
    form = visit.form("resource_balances", given) if is_theirs else ""
    return Line(row, _verdict(row), categories.get(who, []), form)


def _order(row: ResourceLine) -> tuple[tuple[str, str], str, bool]:
    """By type; first whoever lacks something, each in the order of names."""
    kind = row["resource_type"]
    return alphabetical(kind["name"]), kind["id"], row["open"] in NO_AMOUNT


def _verdict(row: ResourceLine) -> Markup:
    if row["stale"]:
        return marks.mark(marks.Shape.LATE, "сведения старше года")
    if row["open"] not in NO_AMOUNT:
        return marks.bad(f"не хватает {words.number(row['open'])}")
    return marks.good("хватает" if row["short"] in NO_AMOUNT else "нехватка покрыта сетью")


def _still(body: ProgramResources) -> Iterator[tuple[Named, TypeNamed, str]]:
    """What is lacking even if every offer is taken: who, what, how much."""
    offered: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for offer in body["proposals"]:
        offered[offer["user"]["id"], offer["resource_type"]["id"]] += Decimal(offer["quantity"])
    for row in body["items"]:
        who, kind = row["organization"], row["resource_type"]
        rest = Decimal(row["open"] or 0) - offered[who["id"], kind["id"]]
        if rest > 0:
            yield who, kind, spoken_decimal(rest)


def _use_form(visit: Visit, row: ResourceProposal) -> str:
    return visit.form(
        "resource_uses",
        {
            "program_id": str(visit.id),
            "provider_id": row["provider"]["id"],
            "user_id": row["user"]["id"],
            "quantity": row["quantity"],
        },
    )
