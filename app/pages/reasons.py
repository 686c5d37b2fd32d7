"""The page that says why an indicator is what it is: everything it counts, with reasons."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.codes import ItemOutcome
from app.indicators.definitions import DEFINITIONS, TITLES
from app.indicators.documents import ExplainedItem, Indicator, IndicatorExplanation
from app.indicators.explanation import ItemQuery, explain
from app.indicators.state import EVERY
from app.indicators.telling import named_teachers
from app.model.grants import Verb
from app.model.text import alphabetical, fold
from app.pages import paging, words
from app.pages.conflict import record_of
from app.pages.days import days_of
from app.pages.page import Context, Page
from app.pages.state import categories_of
from app.pages.visit import Visit
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.registry.teachers import teachers
from app.rest import queries
from app.rest.showing import record_shown

ORDER = (ItemOutcome.NOT_COUNTED, ItemOutcome.COUNTED, ItemOutcome.EXCLUDED)
"""What can still be mended comes first."""

HEADINGS = {
    ItemOutcome.NOT_COUNTED: "Не засчитаны",
    ItemOutcome.COUNTED: "Засчитаны",
    ItemOutcome.EXCLUDED: "Вне расчёта",
}
"""The headings of the groups of items."""

CHIPS = (
    IndicatorCode.ORG_INVOLVEMENT_SHARE,
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY,
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE,
    IndicatorCode.TEACHER_COVERAGE_SHARE,
)
"""The indicators that are offered beside; the others stand on the page of the state."""

MOST = 100
"""Items on one page."""


class Seen(NamedTuple):
    """The indicator and its items, from one state of the register."""

    indicator: Indicator
    told: IndicatorExplanation
    program: dict[str, object]
    categories: dict[str, list[str]]


async def show(visit: Visit) -> Context:
    """What the page shows."""
    more: dict[str, queries.Reader] = {
        "outcome": queries.choice_of(ItemOutcome),
        "reason": str,
        "q": str,
        paging.PAGE: paging.read,
    }
    asked = parameters.asked_days(visit.request, more)
    code = visit.request.path_params["code"]
    seen = await visit.recalled(asked, lambda tx: _seen(tx, visit.id, code, asked))
    items = seen.told["items"]
    chosen = sorted((item for item in items if _is_wanted(item, visit)), key=_place)
    shown = paging.cut(visit, chosen, MOST)
    record_shown(visit.request, teachers, named_teachers(shown.items))
    indicator_code = seen.told["code"]
    return {
        "days": days_of(visit, seen.program, seen.told["as_of"]),
        "program": seen.program,
        "one": seen.indicator,
        "title": words.capital(TITLES[indicator_code].ru),
        "definition": DEFINITIONS[indicator_code],
        "groups": list(_groups(chosen, shown.items)),
        "outcomes": [(each, HEADINGS[each], _count(items, each)) for each in ORDER],
        "reasons": Counter((item["reason"], item["reason_text"]) for item in items).most_common(),
        "categories": seen.categories,
        "shown": shown,
        "all": len(items),
        "chips": [
            (
                words.capital(TITLES[each].ru),
                _address(visit, each),
                each == indicator_code,
            )
            for each in CHIPS
        ],
        "is_of_organizations": any(item["type"] == "organizations" for item in items),
    }


Page(
    address="/programs/{id}/indicators/{code}",
    subject="indicators",
    verb=Verb.READ,
    template="reasons.html",
    show=show,
    section="Состояние",
    about="programs",
)


def _seen(tx: Transaction, program_id: uuid.UUID, code: str, asked: Asked) -> Seen:
    told = explain(tx, program_id, code, asked, ItemQuery(None, EVERY, "ru"))
    every = indicators(tx, program_id, asked)["items"]
    ids = [item["id"] for item in told["items"] if item["type"] == "organizations" and item["id"]]
    return Seen(
        next(each for each in every if each["code"] == told["code"]),
        told,
        record_of(tx, programs, program_id),
        categories_of(tx, ids, date.fromisoformat(told["as_of"])),
    )


def _is_wanted(item: ExplainedItem, visit: Visit) -> bool:
    """Whether the selection of the page keeps an item; `q` is searched as the API searches."""
    text = fold(item["name"] or "")
    return (
        visit.query("outcome") in {"", item["outcome"]}
        and visit.query("reason") in {"", item["reason"]}
        and all(word in text for word in fold(visit.query("q")).split())
    )


def _groups(
    chosen: Sequence[ExplainedItem], shown: Sequence[ExplainedItem]
) -> Iterator[tuple[ItemOutcome, str, int, list[ExplainedItem]]]:
    """The items that are shown, by outcome, and how many of it there are on all pages."""
    for outcome, rows in groupby(shown, key=lambda item: item["outcome"]):
        yield outcome, HEADINGS[outcome], _count(chosen, outcome), list(rows)


def _place(item: ExplainedItem) -> tuple[int, str, tuple[str, str], str]:
    """By outcome, those of one reason together, in the order of names."""
    place = ORDER.index(item["outcome"])
    return place, item["reason_text"], alphabetical(item["name"] or "~"), item["id"] or ""


def _count(items: Sequence[ExplainedItem], outcome: ItemOutcome) -> int:
    return sum(item["outcome"] == outcome for item in items)


def _address(visit: Visit, code: str) -> str:
    day = f"?as_of={visit.query('as_of')}" if visit.query("as_of") else ""
    return f"/programs/{visit.id}/indicators/{code}{day}"
