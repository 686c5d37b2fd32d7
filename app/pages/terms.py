"""The page on which the events of the plan are made: one for each term of its rows."""

from collections.abc import Mapping

from starlette.responses import Response

from app.access import sessions
from app.database.transaction import Transaction
from app.indicators.facts import program_of
from app.model.grants import Verb
from app.operations.plan_windows import generate
from app.pages import words
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.registry.programs import programs
from app.rest.showing import record_shown


async def show(visit: Visit) -> Context:
    """What is asked before the events are made."""
    program = await visit.read(lambda tx: program_of(tx, visit.id))
    record_shown(visit.request, programs, [str(visit.id)])
    return {"program": program, "fields": {}}


async def save(visit: Visit, typed: Typed) -> Response:
    """Make the events that are missing, and say how many there were."""

    def work(tx: Transaction) -> None:
        sessions.tell(tx, visit.session.id_hash, told(generate(tx, visit.id, {})))

    return await visit.write(typed, work, then=f"/programs/{visit.id}/plan")


def told(done: Mapping[str, object]) -> str:
    """What was made: «Создано 12 событий, 3 уже были»."""
    created, existing = int(str(done["created"])), int(str(done["existing"]))
    made = words.counted(created, "событие", "события", "событий")
    return f"Создано {made}, уже было {words.number(existing)}"


Page(
    address="/programs/{id}/plan/windows",
    subject="plan_windows",
    verb=Verb.CREATE,
    template="terms.html",
    show=show,
    save=save,
    section="План",
    about="programs",
)
