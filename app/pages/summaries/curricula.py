"""The page of network curricula: who teaches what, for whom, and what the contract lacks."""

from collections.abc import Iterator

from app.model.headings import headings
from app.pages import paging
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.curricula import ContractLine, CurriculumLine, ProgramCurricula
from app.program.doors import CURRICULA
from app.program.frame import Framed
from app.registry import KINDS
from app.registry.program_parts import IndicatorCode


def told(visit: Visit, _: Framed, body: ProgramCurricula) -> Context:
    """What the page shows."""
    shown = paging.cut(visit, body["items"])
    return {
        "shown": shown,
        "lacking": {row["id"]: list(_lacking(row)) for row in shown.items},
        "form": visit.form("network_curricula", {"program_id": str(visit.id)}),
    }


Summary(
    CURRICULA,
    told,
    (IndicatorCode.CONTRACT_COVERAGE_SHARE, IndicatorCode.NETWORK_LEARNERS),
).declare()


def _lacking(row: CurriculumLine) -> Iterator[str]:
    """What of the contract is not filled in: «1.2 кем утверждена»."""
    for line in row["contract"]:
        if line["state"] == "missing":
            yield f"{line['clause']}: {_title(line)}"


def _title(line: ContractLine) -> str:
    """What a line of the contract is about, as forms call it, and whom it concerns."""
    title = _TITLES.get(line["field"], line["field"])
    who = line["organization"]
    return f"{title} ({who['name']})" if who and who["name"] else title


_TITLES = {
    heading.name.rpartition(".")[2]: heading.title.rpartition(": ")[2].lower()
    for heading in headings(KINDS["network_curricula"])
}
"""How the forms call each field, also those of the parties."""
