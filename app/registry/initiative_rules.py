"""Initiative rules: who organizes one, which events it has, and who takes part when."""

from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.event_rules import programs_of_events
from app.registry.program_parts import ProvisionCode
from app.registry.rules import OTHER_PROGRAM
from app.store.lookups import columns_of

LEVEL_OF_CONTEST = fault(
    "level_of_contest",
    "Для конкурса нужен уровень (level). Укажите его.",
    "A contest needs its level.",
)
ONE_ORGANIZER = fault(
    "one_organizer",
    "Укажите организатора один раз: либо из реестра (organizer_id), либо не из реестра "
    "(organizer_name).",
    "Name the organizer once: by organizer_id or by organizer_name.",
)
EVENT_TWICE = fault(
    "event_twice",
    "Это событие уже указано. Оставьте одну строку.",
    "The event is named already. Keep one row.",
)
PRIZES_IN_CONTESTS = fault(
    "prizes_in_contests",
    "Победители и призёры бывают только в конкурсах. Уберите число.",
    "Only contests have winners and prizes. Leave the number out.",
)
MORE_PRIZES_THAN_MEMBERS = fault(
    "more_prizes_than_members",
    "Победителей и призёров {prizes}, а участников {members}. Исправьте числа.",
    "There are {prizes} winners and prizes, and {members} participants. Correct the numbers.",
)
CONTEST_HAS_PRIZES = fault(
    "contest_has_prizes",
    "У участников этого конкурса указаны победители или призёры, записей: {count}. Сначала "
    "исправьте их.",
    "Members of the contest have winners or prizes: {count} records. Change these first.",
)
OUTSIDE_INITIATIVE = fault(
    "outside_initiative",
    "День вне сроков инициативы. Проверьте дату.",
    "The day lies outside the initiative. Check the date.",
)


def contests_have_their_level(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A contest says how wide it reaches."""
    for draft in drafts:
        is_contest = draft.columns["provision"] == ProvisionCode.CONTEST_SUPPORT
        if is_contest and draft.columns["level"] is None:
            yield draft.finds(LEVEL_OF_CONTEST, "/level")


def organizer_is_one(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An organizer is of the register or known by name, and not both."""
    for draft in drafts:
        if draft.columns["organizer_id"] and draft.columns["organizer_name"]:
            yield draft.finds(ONE_ORGANIZER, "/organizer_name")


def events_are_the_programs(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The events of an initiative are of its program, each named once."""
    keys = {part["event_id"] for draft in drafts for part in draft.parts["events"]}
    homes = programs_of_events(tx, keys)
    for draft in drafts:
        named = [part["event_id"] for part in draft.parts["events"]]
        for at, key in enumerate(named):
            if key in homes and homes[key] != draft.columns["program_id"]:
                yield draft.finds(OTHER_PROGRAM, f"/events/{at}/event_id")
            elif key in named[:at]:
                yield draft.finds(EVENT_TWICE, f"/events/{at}/event_id")


def prizes_are_won_by_members(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Only contests have prizes, and not more than participants, where those are told."""
    initiatives = columns_of(
        tx,
        SQLModel.metadata.tables["initiatives"],
        (draft.columns["initiative_id"] for draft in drafts),
        "provision",
    )
    for draft in drafts:
        initiative = initiatives.get(draft.columns["initiative_id"])
        won = {name: draft.columns[name] for name in ("winners", "prize_winners")}
        told = {name: number for name, number in won.items() if number is not None}
        if initiative and initiative.provision != ProvisionCode.CONTEST_SUPPORT:
            for name in told:
                yield draft.finds(PRIZES_IN_CONTESTS, f"/{name}")
            continue
        people = [draft.columns[name] for name in ("teachers", "learners")]
        if people == [None, None]:  # not told: there is nothing to compare with
            continue
        prizes, members = sum(told.values()), sum(number or 0 for number in people)
        if prizes > members:
            name = "prize_winners" if draft.columns["prize_winners"] else "winners"
            values = {"prizes": prizes, "members": members}
            yield draft.finds(MORE_PRIZES_THAN_MEMBERS, f"/{name}", **values)


def prizes_keep_their_contest(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A contest stays one while members have winners or prizes in it."""
    # By name: the module of members imports this one.
    members = SQLModel.metadata.tables["initiative_members"]
    has_prizes = members.c.winners.is_not(None) | members.c.prize_winners.is_not(None)
    for draft in drafts:
        if draft.was("provision") == ProvisionCode.CONTEST_SUPPORT and draft.moves("provision"):
            counted = sa.select(sa.func.count()).where(members.c.initiative_id == draft.id)
            if count := tx.execute(counted.where(has_prizes)).scalar():
                yield draft.finds(CONTEST_HAS_PRIZES, "/provision", count=count)


def members_are_inside(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A member takes part within the days of the initiative."""
    initiatives = columns_of(
        tx,
        SQLModel.metadata.tables["initiatives"],
        (draft.columns["initiative_id"] for draft in drafts),
        "start_date",
        "end_date",
    )
    for draft in drafts:
        if not (initiative := initiatives.get(draft.columns["initiative_id"])):
            continue
        for name in ("valid_from", "valid_to"):
            day = draft.columns[name]
            last = initiative.end_date or date.max
            if day is not None and not initiative.start_date <= day <= last:
                yield draft.finds(OUTSIDE_INITIATIVE, f"/{name}")
