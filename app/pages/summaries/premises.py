"""The page of property: who uses what of whom, on which papers, and who has it twice."""

from app.pages import paging
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.doors import PROPERTY
from app.program.frame import Framed
from app.program.premises import PAPERS, ProgramProperty
from app.registry.program_parts import IndicatorCode


def told(visit: Visit, _: Framed, body: ProgramProperty) -> Context:
    """What the page shows."""
    shown = paging.cut(visit, body["items"])
    lacking = {row["id"]: [PAPERS[name] for name in row["missing"]] for row in shown.items}
    return {
        "shown": shown,
        "lacking": lacking,
        "form": visit.form("resource_uses", {"program_id": str(visit.id)}),
    }


Summary(
    PROPERTY,
    told,
    (IndicatorCode.PROPERTY_DOCUMENTED_SHARE, IndicatorCode.CONFLICTED_RESOURCES),
).declare()
