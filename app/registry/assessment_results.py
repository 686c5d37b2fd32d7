"""Assessment results: the marks of common assessments as counts, by organization and subject."""

from typing import Any

from app.access.rows import PEOPLE
from app.model.columns import Choice, choice, folded, integer, line, reference, text
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints
from app.model.resource import Resource
from app.model.values import Id, Line, Text
from app.registry.assessment_rules import event_is_a_common_assessment, marks_fit_the_list


class AssessmentStage(Choice):
    """When in the year an assessment is held."""

    BASELINE = "baseline", "входная"
    INTERIM = "interim", "промежуточная"
    FINAL = "final", "итоговая"


class AssessmentResultWrite(Write):
    """Результаты единой работы: сколько каких отметок, без имён."""

    event_id: Id = reference("events", "Событие: единая работа", heading="Единая работа")
    organization_id: Id = reference("organizations", "Организация")
    subject: Line = line("Предмет")
    grade: int = integer("Класс", 1, 11)
    stage: AssessmentStage = choice("Этап", AssessmentStage)
    listed: int = integer("Обучающихся по списку", 1, 100_000)
    mark_2: int = integer("Отметок «2»", 0, 100_000)
    mark_3: int = integer("Отметок «3»", 0, 100_000)
    mark_4: int = integer("Отметок «4»", 0, 100_000)
    mark_5: int = integer("Отметок «5»", 0, 100_000)
    note: Text | None = text("Примечание")


class AssessmentResult(AssessmentResultWrite, Tenant, Record, table=True):
    """A row of assessment_results; event, organization, subject and grade name one."""

    __tablename__ = "assessment_results"
    __table_args__: Any = constraints()

    natural_key: str = folded("event_id", "organization_id", "subject", "grade", unique=True)
    subject_key: str = folded("subject")
    search_key: str = folded("subject", "note")


assessment_results = Resource(
    name="assessment_results",
    titles=Titles(
        "Результаты единых работ", "результаты единой работы", "результатов единых работ"
    ),
    row=AssessmentResult,
    write=AssessmentResultWrite,
    called=("{organization_id}: {subject}, {grade} класс",),
    # Marks of a few are the marks of somebody: who keeps no rows reads none.
    access=PEOPLE,
    owner="organization_id",
    period=None,
    hangs_on=("event_id",),
    rules=(event_is_a_common_assessment, marks_fit_the_list),
    immutable=("event_id", "organization_id"),
    sorts=("subject", "grade"),
    example={
        "event_id": "$assessment",
        "organization_id": "$school",
        "subject": "Математика",
        "grade": 9,
        "stage": "baseline",
        "listed": 12,
        "mark_2": 4,
        "mark_3": 4,
        "mark_4": 2,
        "mark_5": 0,
    },
    change={"note": "Писали не все"},
)
