"""Events: what was held in a partnership or for a row of the plan, and the plan's due windows."""

from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.model.columns import (
    Choice,
    choice,
    choices,
    code,
    day,
    folded,
    integer,
    line,
    reference,
    text,
)
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, date_order, natural_key
from app.model.resource import Resource
from app.model.values import Day, Id, Line, Link, Text
from app.registry.attendance_rules import attendances_follow_their_event
from app.registry.event_rules import (
    completion_has_its_day,
    has_one_program,
    results_are_of_what_took_place,
    results_keep_their_form,
    window_is_made_by_the_service,
)
from app.registry.interaction import InteractionForm, InteractionMode
from app.registry.rules import has_come, inside, open_on


class EventKind(Choice):
    """Whether an event is a due window of the plan or something held."""

    PLAN_WINDOW = "plan_window", "срок плана"
    HELD = "held", "проведённое или назначенное событие"


class EventStatus(Choice):
    """Where an event stands."""

    PLANNED = "planned", "запланировано"
    COMPLETED = "completed", "проведено"
    CANCELLED = "cancelled", "отменено"


class EventWrite(Write):
    """Событие: проведённое мероприятие или срок плана."""

    activity_id: Id | None = reference("activities", "Мероприятие плана", default=None, index=False)
    partnership_id: Id | None = reference("partnerships", "Партнёрство", default=None)
    kind: EventKind = choice("Вид события", EventKind, default=EventKind.HELD)
    occurrence: Line | None = code(
        "Который раз по плану: год или учебный год; `once`: однократно",
        heading="Который раз по плану",
        default=None,
        length=500,
    )
    title: Line | None = line("Название", default=None)
    host_id: Id | None = reference("organizations", "Где проводится", default=None)
    form: InteractionForm | None = choice("Форма взаимодействия", InteractionForm, default=None)
    modes: list[InteractionMode] = choices("Режимы взаимодействия", InteractionMode)
    window_start: Day = day("Первый день")
    window_end: Day = day("Последний день")
    status: EventStatus = choice("Состояние", EventStatus)
    completed_on: Day | None = day("День, когда проведено", heading="День проведения", default=None)
    result: Text | None = text("Результат")
    evidence_url: Link | None = line("Ссылка на подтверждение", default=None)
    learner_count: int | None = integer(
        "Число участвовавших обучающихся",
        0,
        1_000_000,
        default=None,
    )


class Event(EventWrite, Tenant, Record, table=True):
    """A row of events; an occurrence names one of an activity's windows."""

    __tablename__ = "events"
    __table_args__: Any = constraints(
        date_order("window_start", "window_end"),
        date_order("window_start", "completed_on"),
        natural_key("activity_id", "occurrence"),
    )

    title_key: str = folded("title")
    search_key: str = folded("title", "result")


events = Resource(
    name="events",
    titles=Titles("События", "событие", "событий"),
    row=Event,
    write=EventWrite,
    called=(
        "{title}, {window_start–window_end}",
        "{activity_id}, {window_start–window_end}",
        "{partnership_id}, {window_start–window_end}",
    ),
    access=KEPT_BY_SCHOOLS,
    owner="host_id",
    period=("window_start", "window_end"),
    hangs_on=("activity_id", "partnership_id"),
    rules=(
        window_is_made_by_the_service,
        has_one_program(),
        inside(
            "activity_id",
            "partnership_id",
            days=("window_start", "window_end", "completed_on"),
        ),
        completion_has_its_day,
        has_come("completed_on"),
        open_on("host_id", "window_start"),
        results_keep_their_form,
    ),
    remarks=(results_are_of_what_took_place, attendances_follow_their_event),
    immutable=("kind", "occurrence"),
    sorts=("window_start", "window_end", "completed_on", "title"),
    example={
        "activity_id": "$activity",
        "partnership_id": "$partnership",
        "title": "Семинар «Подготовка к ЕГЭ по математике»",
        "host_id": "$leader",
        "form": "professional_development",
        "modes": ["in_person"],
        "window_start": "2020-10-15",
        "window_end": "2020-10-15",
        "status": "completed",
        "completed_on": "2020-10-15",
        "learner_count": 0,
    },
    change={"result": "Проведено"},
)
