"""Steps: the form that makes a way to a target true, with what is known filled in."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.indicators.ways.actions import WayAction
from app.indicators.ways.documents import IndicatorWay
from app.model.grants import Verb
from app.pages.visit import Visit
from app.registry import KINDS
from app.registry.designations import DesignationCategory
from app.registry.partnerships import (
    MemberRole,
    PartnershipBasis,
    PartnershipModel,
    PartnershipStatus,
)


class Step(NamedTuple):
    """A link to a form."""

    address: str
    """Empty where the caller may not do it."""
    word: str


class Place(NamedTuple):
    """Where a way is walked: the program and the day."""

    visit: Visit
    program_id: str
    day: str

    def held(self, **given: str | None) -> Step:
        """The form «Провели мероприятие»."""
        if not self.visit.may("events", Verb.CREATE):
            return NOWHERE
        known = {name: text for name, text in given.items() if text}
        address = self.visit.at(f"/programs/{self.program_id}/events/new", known)
        return Step(address, "Провели мероприятие")

    def new(self, kind: str, word: str, given: Mapping[str, str | None]) -> Step:
        """The form of a new record."""
        known = {name: text for name, text in given.items() if text}
        return Step(self.visit.form(kind, known), word)

    def edit(self, kind: str, record_id: str | None, word: str) -> Step:
        """The form of a stored record."""
        if not record_id or not self.visit.may(kind, Verb.CHANGE):
            return NOWHERE
        return Step(f"/data/{KINDS[kind].path}/{record_id}/edit", word)

    def monitoring(self) -> Step:
        """The reports of the program."""
        return Step(f"/programs/{self.program_id}/monitoring", "К отчётам")


NOWHERE = Step("", "")

Form = Callable[[Place, IndicatorWay], Step]


def step_of(visit: Visit, program_id: str, day: str, way: IndicatorWay) -> Step:
    """The form that makes a way true; an empty address if there is none for the caller."""
    form = FORMS.get(way["action"])
    return form(Place(visit, program_id, day), way) if form else NOWHERE


def _beside(way: IndicatorWay, kind: str) -> str | None:
    """The first record of a kind with which a way is walked."""
    return next((row["id"] for row in way["with"] if row["type"] == kind), None)


def _partnership(place: Place, members: Mapping[str | None, MemberRole]) -> Step:
    """A new vertical partnership with these members, from the day on."""
    rows = [(key, role) for key, role in members.items() if key]
    given: dict[str, str | None] = {
        "program_id": place.program_id,
        "model": PartnershipModel.VERTICAL,
        "basis": PartnershipBasis.PLAN,
        "status": PartnershipStatus.ACTIVE,
        "start_date": place.day,
    }
    for at, (key, role) in enumerate(rows):
        given |= {f"members.{at}.organization_id": key, f"members.{at}.role": role}
    return place.new("partnerships", "Создать партнёрство", given)


def _make(place: Place, way: IndicatorWay) -> Step:
    leader = _beside(way, "organizations")
    return _partnership(place, {leader: MemberRole.LEADER, way["id"]: MemberRole.SUPPORTED})


def _lead(place: Place, way: IndicatorWay) -> Step:
    school = _beside(way, "organizations")
    return _partnership(place, {way["id"]: MemberRole.LEADER, school: MemberRole.SUPPORTED})


def _partner(place: Place, way: IndicatorWay) -> Step:
    """A social partner joins a partnership; without any, a new one begins."""
    if joined := _beside(way, "partnerships"):
        return place.edit("partnerships", joined, "Добавить участника")
    return _partnership(place, {way["id"]: MemberRole.SOCIAL_PARTNER})


def _designate(place: Place, way: IndicatorWay) -> Step:
    given = {
        "organization_id": way["id"],
        "category": DesignationCategory.LEADER,
        "valid_from": place.day,
    }
    return place.new("designations", "Присвоить категорию", given)


def _edit(kind: str, word: str) -> Form:
    return lambda place, way: place.edit(kind, way["id"], word)


def _window(place: Place, way: IndicatorWay) -> Step:
    if not way["id"] or not place.visit.may("events", Verb.CHANGE):
        return NOWHERE
    return Step(f"/events/{way['id']}/done", "Отметить")


def _form(place: Place, way: IndicatorWay) -> Step:
    """An event of a form: the planned one, else a new one."""
    planned = _beside(way, "events")
    return place.held(event_id=planned) if planned else place.held(form=way["id"])


def _learners(place: Place, way: IndicatorWay) -> Step:
    return _window(place, way) if way["id"] else place.held()


def _use(place: Place, way: IndicatorWay) -> Step:
    given = {"program_id": place.program_id, "provider_id": _beside(way, "organizations")}
    return place.new("resource_uses", "Оформить пользование", given)


def _initiative(place: Place, _: IndicatorWay) -> Step:
    given: dict[str, str | None] = {"program_id": place.program_id, "start_date": place.day}
    return place.new("initiatives", "Добавить инициативу", given)


FORMS: Mapping[WayAction, Form] = {
    WayAction.SIGN_PARTNERSHIP: _edit("partnerships", "Изменить партнёрство"),
    WayAction.RESUME_PARTNERSHIP: _edit("partnerships", "Изменить партнёрство"),
    WayAction.ADD_BASIS: _edit("partnerships", "Указать основание"),
    WayAction.DESIGNATE_LEADER: _designate,
    WayAction.MAKE_PARTNERSHIP: _make,
    WayAction.LEAD_PARTNERSHIP: _lead,
    WayAction.ADD_SOCIAL_PARTNER: _partner,
    WayAction.TAKE_PART: lambda place, _: place.held(),
    WayAction.COVER_TEACHERS: lambda place, _: place.held(),
    WayAction.COMPLETE_WINDOW: _window,
    WayAction.HOLD_EVENT: _form,
    WayAction.ENTER_LEARNERS: _edit("events", "Вписать число"),
    WayAction.INVITE_LEARNERS: _learners,
    WayAction.ACCEPT_REPORT: lambda place, _: place.monitoring(),
    WayAction.REMIND_OF_REPORT: lambda place, _: place.monitoring(),
    WayAction.ASK_FOR_REPORT: lambda place, _: place.monitoring(),
    WayAction.REACH_EFFECTIVE_MODE: _edit("designations", "Закрыть категорию"),
    WayAction.FILL_NEED: _edit("resource_balances", "Внести сведения"),
    WayAction.LEND_RESOURCE: _use,
    WayAction.FIND_RESOURCE: _use,
    WayAction.ADD_DOCUMENTS: _edit("resource_uses", "Указать документы"),
    WayAction.SIGN_CONTRACTS: _edit("network_curricula", "Указать договор"),
    WayAction.ENROL_LEARNERS: _edit("network_groups", "Изменить группу"),
    WayAction.HOLD_INITIATIVE_EVENT: lambda place, _: place.held(),
    WayAction.START_INITIATIVE: _initiative,
}
"""The form of each action; what is done outside of the register has none."""
