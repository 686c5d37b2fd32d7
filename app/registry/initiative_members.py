"""Initiative members: which organizations take part in an initiative, with how many people."""

from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.findings import fault
from app.model.columns import Choice, choice, day, integer, reference
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, date_order
from app.model.resource import Resource
from app.model.values import Day, Id
from app.registry.initiative_rules import members_are_inside, prizes_are_won_by_members
from app.registry.rules import apart, open_on

MEMBER_ALREADY = fault(
    "member_already",
    "В эти дни организация уже участвует в этой инициативе. Исправьте даты или прежнюю запись.",
    "The organization takes part on these days already. Change the dates or that record.",
)


class InitiativeRole(Choice):
    """What an organization does in an initiative."""

    ORGANIZER = "organizer", "организатор"
    PARTICIPANT = "participant", "участник"


class InitiativeMemberWrite(Write):
    """Участие организации в инициативе; число людей, не имена."""

    initiative_id: Id = reference("initiatives", "Инициатива")
    organization_id: Id = reference("organizations", "Организация", beyond=True)
    role: InitiativeRole = choice("Роль", InitiativeRole)
    valid_from: Day = day("Первый день")
    valid_to: Day | None = day("Последний день", default=None)
    teachers: int | None = integer("Педагогов", 0, 100_000, default=None)
    learners: int | None = integer("Обучающихся", 0, 100_000, default=None)
    winners: int | None = integer("Победителей", 0, 100_000, default=None)
    prize_winners: int | None = integer("Призёров", 0, 100_000, default=None)


class InitiativeMember(InitiativeMemberWrite, Tenant, Record, table=True):
    """A row of initiative_members."""

    __tablename__ = "initiative_members"
    __table_args__: Any = constraints(date_order("valid_from", "valid_to"))


initiative_members = Resource(
    name="initiative_members",
    titles=Titles("Участие в инициативах", "участника инициативы", "участников инициатив"),
    row=InitiativeMember,
    write=InitiativeMemberWrite,
    called=("{initiative_id}: {organization_id}",),
    access=KEPT_BY_SCHOOLS,
    owner="organization_id",
    period=("valid_from", "valid_to"),
    hangs_on=("initiative_id",),
    rules=(
        members_are_inside,
        open_on("organization_id", "valid_from", "valid_to"),
        apart("initiative_id", "organization_id", otherwise=MEMBER_ALREADY),
        prizes_are_won_by_members,
    ),
    guards=("initiative_id",),
    immutable=("initiative_id", "organization_id"),
    sorts=("valid_from", "valid_to"),
    example={
        "initiative_id": "$initiative",
        "organization_id": "$school",
        "role": "participant",
        "valid_from": "2020-10-01",
        "valid_to": "2020-10-31",
        "teachers": 2,
        "learners": 10,
        "winners": 1,
    },
    change={"learners": 12},
)
