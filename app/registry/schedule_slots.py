"""Schedule slots: the weekday and the hours of a group, or of a use of a resource."""

from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.model.columns import choice, day, folded, integer, reference
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, date_order
from app.model.resource import Resource
from app.model.times import time_of_day, weekday
from app.model.values import Day, Id
from app.registry.slot_rules import (
    bookings_never_conflict,
    place_is_agreed,
    slot_ends_later,
    slot_fits_its_holder,
    slot_has_one_holder,
    slots_of_one_never_meet,
)
from app.registry.timetable import WeekParity
from app.registry.types import Clock


class SlotWrite(Write):
    """Занятие по расписанию: день недели и время группы или пользования ресурсом."""

    group_id: Id | None = reference("network_groups", "Группа", default=None)
    use_id: Id | None = reference(
        "resource_uses", "Или пользование ресурсом", default=None, heading="Пользование ресурсом"
    )
    organization_id: Id = reference(
        "organizations",
        "Кто ведёт расписание: место обучения группы или кто предоставляет ресурс",
        heading="Кто ведёт расписание",
    )
    component_no: int | None = integer(
        "Номер части программы группы", 1, 1_000, default=None, heading="Номер части"
    )
    resource_id: Id | None = reference(
        "shared_resources", "Ресурс группы; у пользования он свой", default=None, heading="Ресурс"
    )
    weekday: int = weekday("День недели: 1 понедельник … 7 воскресенье", heading="День недели")
    starts: Clock = time_of_day("Начало")
    ends: Clock = time_of_day("Конец")
    parity: WeekParity = choice(
        "Недели, считая от недели с 1 сентября",
        WeekParity,
        default=WeekParity.EVERY,
        heading="Неделя",
    )
    valid_from: Day = day("Первый день")
    valid_to: Day = day("Последний день")


class ScheduleSlot(SlotWrite, Tenant, Record, table=True):
    """A row of schedule_slots."""

    __tablename__ = "schedule_slots"
    __table_args__: Any = constraints(date_order("valid_from", "valid_to"))

    natural_key: str = folded(
        "group_id", "use_id", "weekday", "starts", "parity", "valid_from", unique=True
    )


schedule_slots = Resource(
    name="schedule_slots",
    titles=Titles("Расписание", "занятие", "занятий по расписанию"),
    row=ScheduleSlot,
    write=SlotWrite,
    called=("{group_id}: {weekday}, {starts}–{ends}", "{use_id}: {weekday}, {starts}–{ends}"),
    access=KEPT_BY_SCHOOLS,
    owner="organization_id",
    period=("valid_from", "valid_to"),
    hangs_on=("group_id", "use_id"),
    rules=(slot_has_one_holder, slot_ends_later, slot_fits_its_holder, slots_of_one_never_meet),
    remarks=(bookings_never_conflict, place_is_agreed),
    guards=("group_id", "use_id"),
    immutable=("group_id", "use_id"),
    sorts=("weekday", "starts", "valid_from", "valid_to"),
    example={
        "group_id": "$group",
        "organization_id": "$leader",
        "component_no": 1,
        "weekday": 2,
        "starts": "15:00",
        "ends": "15:45",
        "parity": "odd",
        "valid_from": "2020-09-01",
        "valid_to": "2020-12-31",
    },
    change={"ends": "16:00"},
)
