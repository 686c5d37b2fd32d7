"""Curriculum usage: what a curriculum keeps while its groups and their timetables name it."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.curriculum_rules import TEACHING
from app.registry.organizations import organizations
from app.store.lookups import columns_of
from app.words import in_guillemets

PARTY_IN_USE = fault(
    "party_in_use",
    "В группах этой программы есть {organization}: организация принимает группу или направляет "
    "в неё обучающихся. Сначала исправьте группы.",
    "Groups of the curriculum name {organization} as host or home: change these first.",
)
COMPONENT_IN_USE = fault(
    "component_in_use",
    "В расписании есть часть с номером {no}. Сначала исправьте расписание.",
    "The timetable names the component {no}: change that first.",
)

Used = defaultdict[uuid.UUID, set[Any]]


def groups_keep_what_they_use(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A party stays while a group names it as host or home, a component while a slot names it."""
    stored = [draft for draft in drafts if draft.stored]
    hosts, homes, numbers = _used_by_groups(tx, [draft.id for draft in stored])
    places = columns_of(
        tx,
        organizations.table,
        {key for used in (hosts, homes) for keys in used.values() for key in keys},
        "parent_id",
        "short_name",
    )
    for draft in stored:
        roles = {party["organization_id"]: party["role"] for party in draft.parts["parties"]}
        lost = {
            key
            for key in hosts[draft.id]
            if TEACHING.isdisjoint({roles.get(key), roles.get(places[key].parent_id)})
        }
        lost |= {key for key in homes[draft.id] if roles.get(key) != "base"}
        for name in sorted(str(places[key].short_name) for key in lost):
            yield draft.finds(PARTY_IN_USE, "/parties", organization=in_guillemets(name))
        kept = {component["no"] for component in draft.parts["components"]}
        for no in sorted(numbers[draft.id] - kept):
            yield draft.finds(COMPONENT_IN_USE, "/components", no=no)


def _used_by_groups(tx: Inquiry, ids: Sequence[uuid.UUID]) -> tuple[Used, Used, Used]:
    """By curriculum: hosts of its groups, home schools of their learners, numbers in slots."""
    # By name: the modules of groups and slots import this one.
    tables = SQLModel.metadata.tables
    groups, learners = tables["network_groups"], tables["network_group_learners"]
    slots = tables["schedule_slots"]
    curriculum = groups.c.curriculum_id
    listed = sa.select(curriculum.label("curriculum_id"))
    statements = (
        listed.add_columns(groups.c.host_id.label("value")),
        listed.add_columns(learners.c.organization_id.label("value")).join(
            learners, learners.c.owner_id == groups.c.id
        ),
        listed.add_columns(slots.c.component_no.label("value"))
        .join(slots, slots.c.group_id == groups.c.id)
        .where(slots.c.component_no.is_not(None)),
    )
    used: tuple[Used, Used, Used] = (defaultdict(set), defaultdict(set), defaultdict(set))
    for some in slices(ids):
        for statement, by_curriculum in zip(statements, used, strict=True):
            for row in tx.execute(statement.where(curriculum.in_(some)).distinct()):
                by_curriculum[row.curriculum_id].add(row.value)
    return used
