"""The page of an organization: what it is in the program, whom it works with, where it counts."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.codes import ItemOutcome
from app.indicators.definitions import TITLES
from app.indicators.documents import BreakdownEntry, SubjectIndicator
from app.indicators.subject import Subject, explain_subject
from app.model.grants import Verb
from app.pages import marks, paging, records, tasks, words
from app.pages.conflict import record_of
from app.pages.days import days_of
from app.pages.network import Standing as Standings
from app.pages.network import Tie, network_of
from app.pages.page import Context, Page
from app.pages.running import nearest, runs
from app.pages.state import categories_of
from app.pages.tasks import Task
from app.pages.timeline import Span, timeline
from app.pages.visit import Visit
from app.registry.designations import DesignationCategory, ExitReason, designations
from app.registry.events import EventStatus, events
from app.registry.organizations import OrganizationKind, organizations
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.registry.resource_balances import resource_balances
from app.rest.showing import record_shown
from app.store.query import MOST

ORDER = (ItemOutcome.NOT_COUNTED, ItemOutcome.COUNTED, ItemOutcome.EXCLUDED)
"""What can still be mended comes first; what does not concern the organization comes last."""


TIES = "ties"
"""The parameter of the page of partnerships."""


class Standing(NamedTuple):
    """How an organization stands in a program on a day."""

    program: dict[str, object]
    beside: list[dict[str, object]]
    """Other programs that run today; there is something to do in them too."""
    day: str
    items: list[SubjectIndicator]
    teachers: BreakdownEntry | None
    """How many of its teachers took part in events."""
    ties: list[Tie]
    categories: list[str]


async def show(visit: Visit) -> Context:
    """What the page shows."""
    asked = parameters.asked_days(visit.request, {TIES: paging.read})
    organization = await visit.read(lambda tx: record_of(tx, organizations, visit.id))
    standing = await visit.recalled(asked, lambda tx: _standing(tx, visit, organization, asked))
    record_shown(visit.request, organizations, [str(visit.id)])
    mine = ("organization_id", str(visit.id))
    is_own = visit.id in visit.caller.own
    is_theirs = is_own or not visit.caller.own
    dates = await records.listed(visit, designations, [mine, ("sort", "valid_from")])
    held = await records.listed(
        visit, events, [("host_id", str(visit.id)), ("sort", "-window_start"), ("limit", str(HELD))]
    )
    kept = await records.listed(
        visit, resource_balances, [mine, ("sort", "-observed_on"), ("limit", str(MOST))]
    )
    return {
        "organization": organization,
        "kind": words.label(OrganizationKind, organization["kind"]),
        "standing": standing,
        "ties": paging.cut(visit, standing.ties if standing else [], name=TIES, at=TIES),
        "days": days_of(visit, standing.program, standing.day) if standing else None,
        "titles": {code: words.capital(text.ru) for code, text in TITLES.items()},
        "designations": dates["items"],
        "timeline": _timeline(visit, standing, dates["items"]) if standing else "",
        "events": held["items"],
        "all_events": more_events(visit, held, "host_id"),
        "balances": _newest(kept["items"]),
        "names": await visit.called(
            legal_acts=[row["act_id"] for row in dates["items"]],
            events=[row["id"] for row in held["items"]],
            resource_types=[row["resource_type_id"] for row in kept["items"]],
        ),
        "is_own": is_own,
        "tasks": await _tasks(visit, standing) if is_own and standing else [],
        "EventStatus": EventStatus,
        "may_change": visit.may("organizations", Verb.CHANGE) and is_theirs,
        "may_edit": visit.may("designations", Verb.CHANGE),
        "may_designate": visit.may("designations", Verb.CREATE),
        "may_hold": visit.may("events", Verb.CREATE) and is_theirs,
        "may_tell": visit.may("resource_balances", Verb.CREATE) and is_theirs,
    }


HELD = 20
"""Events that are listed; the others stand among all data."""


def more_events(visit: Visit, held: Mapping[str, Any], name: str) -> str:
    """The address of all events of the record of the page; empty where these are all."""
    given = {name: str(visit.id), "sort": "-window_start"}
    return visit.at("/data/events", given) if held["next"] else ""


async def leading(visit: Visit) -> Response:
    """Lead an organization to itself, and others to the list of organizations."""
    own = visit.caller.organization_id
    return RedirectResponse(f"/organizations/{own}" if own else "/data/organizations", 303)


Page(
    address="/organizations",
    subject="organizations",
    verb=Verb.READ,
    template="",
    show=leading,
    section="Организации",
)

Page(
    address="/organizations/{id}",
    subject="organizations",
    verb=Verb.READ,
    template="organization.html",
    show=show,
    section="Организации",
    about="organizations",
    is_of_record=True,
)


def _standing(
    tx: Transaction, visit: Visit, organization: Mapping[str, Any], asked: Asked
) -> Standing | None:
    """How it stands in the program that runs in its municipality; None if the caller sees none."""
    keys = _programs_of(tx, organization["municipality_id"])
    if not keys or not visit.may("indicators", Verb.READ):
        return None
    key, *beside = keys
    told = explain_subject(tx, key, Subject("organizations", visit.id), asked, "ru")
    every = indicators(tx, key, asked)["items"]
    coverage = next(each for each in every if each["code"] == IndicatorCode.TEACHER_COVERAGE_SHARE)
    seen = network_of(tx, key, asked)
    ties = [
        tie for tie in seen.ties if visit.id in {*tie.members, *(unit.id for unit in tie.units)}
    ]
    return Standing(
        record_of(tx, programs, key),
        [record_of(tx, programs, each) for each in beside],
        told["as_of"],
        _ordered(told["items"]),
        next((each for each in coverage["breakdown"] if each["key"] == str(visit.id)), None),
        ties,
        categories_of(tx, [str(visit.id)], date.fromisoformat(told["as_of"])).get(
            str(visit.id), []
        ),
    )


def _programs_of(tx: Transaction, municipality_id: str | None) -> list[uuid.UUID]:
    """The programs of a municipality that run today; the nearest one if none does."""
    if municipality_id is None:
        return []
    table = programs.table
    rows = sa.select(table.c.id, runs(tx.today).label("runs")).where(
        table.c.municipality_id == uuid.UUID(municipality_id), tx.seen("programs", table)
    )
    found = tx.execute(rows.order_by(*nearest(tx.today))).all()
    return [row.id for place, row in enumerate(found) if row.runs or not place]


def _ordered(items: Sequence[SubjectIndicator]) -> list[SubjectIndicator]:
    ranks: dict[ItemOutcome | None, int] = {outcome: at for at, outcome in enumerate(ORDER)}
    return sorted(items, key=lambda each: ranks.get(each["outcome"], len(ORDER)))


def _newest(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The last balance of each type of resource."""
    newest: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        newest.setdefault(row["resource_type_id"], row)
    return [*newest.values()]


def _timeline(
    visit: Visit, standing: Standing, categories: Sequence[Mapping[str, Any]]
) -> Markup | str:
    """The categories and partnerships by time; nothing where there are none."""
    spans = [*map(_category, categories), *(_partnership(visit, tie) for tie in standing.ties)]
    first, last = (date.fromisoformat(str(standing.program[name])) for name in RANGE)
    return timeline(spans, first, last, date.fromisoformat(standing.day)) if spans else ""


RANGE = ("start_date", "end_date")


def _category(row: Mapping[str, Any]) -> Span:
    last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    about = marks.CATEGORIES[DesignationCategory[row["category"].upper()]].short
    if row["exit_reason"] == ExitReason.EFFECTIVE_MODE:
        about += ", снята: эффективный режим"
    return Span("Категория", about, date.fromisoformat(row["valid_from"]), last, "a1")


def _partnership(visit: Visit, tie: Tie) -> Span:
    sides = (("лидер", tie.leaders), ("поддерживает", tie.supported), ("вместе с", tie.others))
    told = [
        f"{word} {', '.join(names)}"
        for word, some in sides
        if (names := [one.name or "скрыто" for one in some if one.id != visit.id])
    ]
    kind = "box" if tie.standing == Standings.DRAFT else "a2"
    about = ", ".join(told) or tie.standing.label
    return Span("Партнёрство", about, tie.row.start_date, tie.row.end_date, kind)


async def _tasks(visit: Visit, standing: Standing) -> list[Task]:
    every = [standing.program, *standing.beside]
    return await tasks.of(visit, every, date.fromisoformat(standing.day))
