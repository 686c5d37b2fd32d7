"""The page of initiatives: communities, projects, camps and contests by provision."""

from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.doors import INITIATIVES
from app.program.frame import Framed
from app.program.initiatives import ProgramInitiatives
from app.registry.program_parts import IndicatorCode


def told(visit: Visit, _: Framed, body: ProgramInitiatives) -> Context:
    """What the page shows."""
    program = {"program_id": str(visit.id)}
    return {
        "offers": {
            row["code"]: visit.form("initiatives", {**program, "provision": row["code"].value})
            for row in body["items"]
        },
        "form": visit.form("initiatives", program),
    }


Summary(INITIATIVES, told, (IndicatorCode.PROVISION_COVERAGE_SHARE,)).declare()
