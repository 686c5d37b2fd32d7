"""Assessment rules: which events have results, and how many marks a list of learners can have."""

from collections.abc import Iterator, Sequence

from sqlmodel import SQLModel

from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.events import EventKind, EventStatus
from app.registry.interaction import InteractionForm
from app.store.lookups import columns_of

NO_ASSESSMENT = fault(
    "no_assessment",
    "Результаты вносят по проведённому событию формы «единая система оценивания» "
    "(common_assessment), которое не отменено. Укажите такое событие.",
    "Results belong to a held event of the form common_assessment that is not cancelled.",
)
NO_MARKS = fault(
    "no_marks",
    "Нет ни одной отметки. Внесите хотя бы одну или удалите запись.",
    "There is no mark. Enter at least one, or delete the record.",
)
MORE_MARKS_THAN_LEARNERS = fault(
    "more_marks_than_learners",
    "Отметок {marks}, а по списку обучающихся {listed}. Исправьте числа.",
    "There are {marks} marks and {listed} learners on the list. Correct the numbers.",
)

MARKS = ("mark_2", "mark_3", "mark_4", "mark_5")


def event_is_a_common_assessment(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Results come of a held common assessment that is not cancelled."""
    events = columns_of(
        tx,
        SQLModel.metadata.tables["events"],
        (draft.columns["event_id"] for draft in drafts),
        "kind",
        "status",
        "form",
    )
    for draft in drafts:
        if not (event := events.get(draft.columns["event_id"])):
            continue
        is_held = event.kind == EventKind.HELD and event.status != EventStatus.CANCELLED
        if not is_held or event.form != InteractionForm.COMMON_ASSESSMENT:
            yield draft.finds(NO_ASSESSMENT, "/event_id")


def marks_fit_the_list(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """There is at least one mark, and no more marks than learners."""
    for draft in drafts:
        marks, listed = sum(draft.columns[name] for name in MARKS), draft.columns["listed"]
        if not marks:
            yield draft.finds(NO_MARKS, "/mark_2")
        elif marks > listed:
            yield draft.finds(MORE_MARKS_THAN_LEARNERS, "/listed", marks=marks, listed=listed)
