"""The page with the ways to a target: what to do, with whom, and how much it adds."""

import uuid
from typing import NamedTuple

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.asking import Asked
from app.indicators.definitions import TITLES
from app.indicators.ways.answer import ways
from app.indicators.ways.documents import IndicatorWays
from app.model.grants import Verb
from app.pages import words
from app.pages.conflict import record_of
from app.pages.days import days_of
from app.pages.page import Context, Page
from app.pages.steps import step_of
from app.pages.visit import Visit
from app.registry.programs import programs


class Seen(NamedTuple):
    """The ways and their program, from one state of the register."""

    told: IndicatorWays
    program: dict[str, object]


async def show(visit: Visit) -> Context:
    """What the page shows."""
    asked, code = parameters.asked_when(visit.request), visit.request.path_params["code"]
    seen = await visit.recalled(asked, lambda tx: _seen(tx, visit.id, code, asked))
    return {
        "days": days_of(visit, seen.program, seen.told["as_of"]),
        "program": seen.program,
        "told": seen.told,
        "steps": [
            step_of(visit, str(visit.id), seen.told["as_of"], way) for way in seen.told["ways"]
        ],
        "title": words.capital(TITLES[seen.told["code"]].ru),
    }


Page(
    address="/programs/{id}/indicators/{code}/ways",
    subject="indicators",
    verb=Verb.READ,
    template="ways.html",
    show=show,
    section="Состояние",
    about="programs",
)


def _seen(tx: Transaction, program_id: uuid.UUID, code: str, asked: Asked) -> Seen:
    return Seen(ways(tx, program_id, code, asked, "ru"), record_of(tx, programs, program_id))
