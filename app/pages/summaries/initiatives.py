"""The page of initiatives: communities, projects, camps and contests by provision."""

from itertools import groupby
from operator import itemgetter

from app.pages import paging
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.doors import INITIATIVES
from app.program.frame import Framed
from app.program.initiatives import InitiativeLine, ProgramInitiatives, ProvisionLine
from app.registry.program_parts import IndicatorCode

NONE: tuple[None] = (None,)


def told(visit: Visit, _: Framed, body: ProgramInitiatives) -> Context:
    """What the page shows."""
    program = {"program_id": str(visit.id)}
    # A provision without initiatives has a row too, which says so.
    every: list[tuple[ProvisionLine, InitiativeLine | None]] = [
        (part, row) for part in body["items"] for row in part["initiatives"] or NONE
    ]
    shown = paging.cut(visit, every)
    return {
        "shown": shown,
        "parts": [
            (part, [row for _, row in rows if row])
            for part, rows in groupby(shown.items, key=itemgetter(0))
        ],
        "offers": {
            row["code"]: visit.form("initiatives", {**program, "provision": row["code"].value})
            for row in body["items"]
        },
        "form": visit.form("initiatives", program),
    }


Summary(INITIATIVES, told, (IndicatorCode.PROVISION_COVERAGE_SHARE,)).declare()
