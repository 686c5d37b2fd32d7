"""Declarations: a kind that leaves open who may do what does not start, and nobody may guess."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from typing_extensions import TypedDict

from app.access import matrix
from app.access.callers import KeyHolder
from app.access.matrix import grant_of
from app.access.roles import Role
from app.acts import Actor
from app.model.columns import integer, line, parts, text
from app.model.declaration import UNSAID, Titles
from app.model.examples import demand_accepted
from app.model.grants import NOTHING, Grant, Reach, Verb
from app.model.kinds import Kinds
from app.model.record import Part
from app.model.resource import Resource
from app.model.values import Line, Text
from app.model.view import rows_in_view
from app.registry import KINDS, RESOURCES
from app.registry.activities import activities
from app.registry.events import EventWrite, events
from app.registry.headcounts import Headcount, HeadcountWrite, headcounts
from app.registry.measures import measures
from app.registry.monitoring import monitoring_records
from app.registry.participations import participations
from app.registry.partnerships import (
    Member,
    PartnershipWrite,
    SuspensionBody,
    partnerships,
)
from app.registry.programs import programs
from app.registry.rules import has_come, inside, open_on
from app.registry.teachers import teachers
from app.rest.answers import answers
from app.rest.shapes import Shapes

CHANGES = frozenset({Verb.CHANGE})


def org(*said: Any, **more: Any) -> Mapping[str, Grant]:
    return {Role.ORG: Grant(*said, **more)}


@pytest.mark.parametrize(
    ("resource", "said", "told"),
    [
        (events, {"access": {}}, "Add access="),
        (events, {"owner": None}, "Add owner="),
        (events, {"owner": "title"}, "title, which is no column that refers to organizations"),
        (events, {"owner": "activity_id"}, "activity_id, which is no column"),
        (events, {"owner": "nothing"}, "nothing, which is no column"),
        (events, {"owner": "id"}, "id, which is no column"),
        (events, {"access": org(Reach.OPEN)}, "none of its records is shared"),
        (events, {"access": org(Reach.ACCEPTED)}, "Add a workflow"),
        (monitoring_records, {"workflow": None}, "Add a workflow"),
        (programs, {"access": org(Reach.OWN)}, "Add owner="),
        (programs, {"access": org(Reach.SCOPE, Reach.OWN)}, "Add owner="),
        (programs, {"access": org(Reach.SOURCE)}, "Choose another reach"),
        (measures, {"access": org(Reach.OPEN, Reach.OPEN)}, "Choose another reach"),
        (programs, {"access": org(Reach.SCOPE, Reach.SCOPE, CHANGES, {"x"})}, "the field x"),
        (programs, {"access": org(None, Reach.SCOPE, frozenset())}, "verbs that do not write"),
        (programs, {"access": org(None, Reach.SCOPE, {Verb.CREATE})}, "Add CHANGE"),
        (teachers, {"access": org(Reach.SCOPE, Reach.OWN)}, "read OWN too"),
    ],
)
def test_a_kind_that_leaves_access_open_does_not_start(
    resource: Resource, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=f"^{resource.name}: ") as refused:
        replace(resource, **said)
    assert told in str(refused.value)


class Halved(HeadcountWrite):
    """A number that may be left out, although it is never null."""

    teachers: int = integer("Число педагогов", 0, 100, default=None)


@pytest.mark.parametrize(
    ("resource", "said", "told"),
    [
        (events, {"titles": Titles("События", "событие")}, 'genitive plural: many="'),
        (events, {"titles": Titles("События", many="событий")}, 'accusative: one="'),
        (events, {"titles": Titles("события", "событие", "событий")}, "heading has no capital"),
        (events, {"period": UNSAID}, "Add period="),
        (events, {"period": None}, "window_end never comes before window_start"),
        (events, {"period": ("title", "result")}, "title and result, which is no column of days"),
        (events, {"period": ("window_start", "ends_on")}, "ends_on, which is no column of days"),
        (
            events,
            {"period": ("completed_on", "window_end")},
            "Add date_order('completed_on', 'window_end')",
        ),
        (activities, {"period": UNSAID}, "Add period="),
        (events, {"called": ()}, "Add called="),
        (events, {"called": ("Событие",)}, "«Событие» is the same for all"),
        (events, {"called": ("{name}",)}, "called names name, which is none of its columns"),
        (events, {"called": ("{modes}",)}, "called names modes, whose values are no words"),
        (events, {"called": ("{title–result}",)}, "title and result, which are no two days"),
        (events, {"example": {}}, "Add example="),
        (participations, {"change": {"hours": "3.50"}}, "hours as 3.50, an answer as 3.5"),
        (events, {"change": {}}, "Add change="),
        (events, {"change": {"titel": "Семинар"}}, "names titel"),
        (events, {"change": {"kind": "held"}}, "names kind, which keeps its first value"),
        (events, {"change": {"source": "x"}}, "names source, which keeps its first value"),
        (events, {"change": {"window_start": "2020-10-15"}}, "leaves window_start"),
        (events, {"rules": (open_on("host", "window_start"),)}, "open_on names host, which is"),
        (events, {"remarks": (has_come("completed_on", state=()),)}, "has_come names state"),
        (programs, {"period": None, "rules": (inside("approved_by_id"),)}, "it has none"),
        (events, {"change": {"host_id": "$school"}}, "host_id refers to another record"),
        (events, {"sorts": ("name",)}, "sorts names name, which is none of its fields"),
        (events, {"immutable": ("name",)}, "immutable names name, which is none of its fields"),
        (events, {"guards": ("title",)}, "guards names title, which is none of its references"),
        (events, {"hangs_on": ("title",)}, "hangs_on names title, which is none of its references"),
        (events, {"hangs_on": ()}, "Add hangs_on="),
        (events, {"row": Headcount}, "called headcounts. Say __tablename__ = 'events'"),
        (events, {"row": EventWrite}, "row EventWrite has no table. Add table=True"),
        (partnerships, {"parts": {}}, 'keeps its members. Add parts={"members":'),
        (
            events,
            {"parts": {"members": Member}},
            "parts name members, which its body does not have",
        ),
        (events, {"parts": {"members": Member}}, 'Add owner_id = owner("events")'),
        (events, {"example": {"title": 1}}, "Its example is no body that is accepted: title: "),
        (events, {"change": {"title": 1}}, "Its change is no body that is accepted: title: "),
        (
            headcounts,
            {"write": Halved},
            "teachers may be left out, but not be null. Add default=...",
        ),
    ],
)
def test_a_kind_that_leaves_something_open_does_not_start(
    resource: Resource, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=f"^{resource.name}: ") as refused:
        demand_accepted(replace(resource, **said))
    assert told in str(refused.value)


class Nameless(HeadcountWrite):
    """A field that lists have no name for, and two that they call alike."""

    note: Text | None = text("Примечание, если есть")
    teachers: int = integer("Число педагогов", 0, 100, heading="На какой день")


class NamelessParts(PartnershipWrite):
    """A list of parts without a heading."""

    suspensions: list[SuspensionBody] = parts("Приостановки: когда не считалось")


class NamelessBody(SuspensionBody):
    """A part with a field that lists have no name for."""

    reason: Line | None = line("Причина, если известна", default=None)


class NamelessPart(NamelessBody, Part):
    """The row of it."""

    __tablename__ = "partnership_suspensions"


@pytest.mark.parametrize(
    ("resource", "said", "told"),
    [
        (headcounts, {"write": Nameless}, 'no name for note. Add heading="…"'),
        (headcounts, {"write": Nameless}, "Lists call 2 fields «На какой день»"),
        (partnerships, {"write": NamelessParts}, "no name for suspensions."),
        (
            partnerships,
            {"parts": {"members": Member, "suspensions": NamelessPart}},
            "no name for suspensions.reason.",
        ),
    ],
)
def test_a_kind_that_lists_cannot_name_does_not_start(
    resource: Resource, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=f"^{resource.name}: ") as refused:
        replace(resource, **said)
    assert told in str(refused.value)


def test_an_order_of_days_inside_an_object_is_no_period() -> None:
    assert activities.period is None
    assert [each.name for each in activities.table.constraints if "order" in each.info]


def test_a_grant_is_for_a_role() -> None:
    with pytest.raises(ValueError, match="events: Grants for"):
        matrix.enter([replace(events, access={"teacher": Grant(Reach.ALL)})])


@pytest.mark.parametrize("role", list(Role))
def test_with_what_nobody_declared_nobody_may_do_anything(role: Role) -> None:
    assert grant_of(role, "undeclared") == NOTHING
    assert not any(NOTHING.allows(verb) for verb in Verb)
    source = "region" if role == Role.SYNC else None
    view = KeyHolder(Actor(role), role, of_source=source).view("undeclared")
    undeclared = sa.Table("undeclared", sa.MetaData(), sa.Column("municipality_id", sa.Uuid))
    shown = rows_in_view(undeclared, view, {})
    assert "false" in str(shown)
    assert not view.personal


@pytest.mark.parametrize("reach", [None, *Reach])
def test_a_record_of_nobody_is_nobodys_own(reach: Reach | None) -> None:
    """What is written OWN without an owner, past every check of its declaration, is refused."""
    holder = KeyHolder(Actor(Role.ORG), Role.ORG)
    bare = replace(programs)
    object.__setattr__(bare, "access", org(reach, Reach.OWN))
    stored = dict.fromkeys(programs.table.c.keys())
    assert not holder.may_touch(bare, stored)
    assert holder.sees(bare, stored) == (reach in {Reach.ALL, Reach.SCOPE, Reach.OPEN})


@pytest.mark.parametrize(
    ("resource", "called", "told"),
    [
        (participations, "{teacher_id}", "tells the name of a person. Leave it out."),
        (activities, "{inherits_from_id}", "leads back to itself. Leave the reference out."),
    ],
)
def test_a_kind_called_by_a_person_or_by_itself_does_not_start(
    resource: Resource, called: str, told: str
) -> None:
    kinds = [each for each in RESOURCES if each is not resource]
    with pytest.raises(ValueError, match=f"^{resource.name}: ") as refused:
        Kinds([*kinds, replace(resource, called=(called,))])
    assert told in str(refused.value)


def test_a_closed_list_of_an_answer_without_words_does_not_start() -> None:
    class Said(TypedDict):
        state: Literal["mute"]

    with pytest.raises(ValueError, match="mute: No words say what this means"):
        Shapes(KINDS, answers(Said), {})
