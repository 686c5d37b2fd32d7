"""The page on which the events of the plan are made: one for each term of its rows."""

from starlette.responses import Response

from app.access import sessions
from app.database.transaction import Transaction
from app.indicators.facts import program_of
from app.model.grants import Verb
from app.operations.plan_windows import GeneratedEvents, behind_the_plan, generate
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
    behind = await visit.read(lambda tx: behind_the_plan(tx, visit.id))
    return {"program": program, "behind": behind, "fields": {}}


async def save(visit: Visit, typed: Typed) -> Response:
    """Make the events that are missing, and say how many there were."""
    moves = typed.text("move") == "true"

    def work(tx: Transaction) -> None:
        done = generate(tx, visit.id, {"move": moves})
        sessions.tell(tx, visit.session.id_hash, told(done))

    return await visit.write(typed, work, then=f"/programs/{visit.id}/plan")


def told(done: GeneratedEvents) -> str:
    """What was made: «Создано 12 событий, уже было 3»."""
    made = words.counted(done["created"], "событие", "события", "событий")
    told = [f"Создано {made}, уже было {words.number(done['existing'])}"]
    if done["moved"]:
        told.append(f"Дни исправлены по плану: {words.number(done['moved'])}")
    if done["differing"]:
        told.append(f"Дни остались не те, что в плане: {words.number(len(done['differing']))}")
    if done["stale"]:
        told.append(f"Сроков, которых больше нет в плане: {words.number(done['stale'])}")
    return ". ".join(told)


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
