"""The money of the demo data: plans, changes and payments of each school, year by year."""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.demo.door import Door
from app.demo.lessons import Curriculum
from app.demo.network import END, START, Basis, Places
from app.registry.funding_entries import funding_entries

Body = dict[str, object]

FUNDS = (
    ("municipal_budget", "task_subsidy"),
    ("municipal_budget", "special_subsidy"),
    ("regional_budget", "special_subsidy"),
    ("own_income", "service_contract"),
    ("donations", "other"),
)

_PAID = ((2, 25), (4, 22), (6, 20), (8, 25), (10, 21), (12, 10))
"""The days of payments: month and day."""

_PURPOSES = (
    "Оплата труда педагогов сетевых групп",
    "Оборудование общего пользования",
    "Подвоз обучающихся",
    "Учебные пособия и расходные материалы",
)

ABOVE = 3
"""The school that pays more than is planned."""


def fund(
    door: Door,
    rng: random.Random,
    basis: Basis,
    shared: tuple[Places, Mapping[uuid.UUID, Curriculum]],
    rows: Sequence[uuid.UUID],
) -> None:
    """Create the entries: for a school and a year a plan, often a change, and payments."""
    places, curricula = shared
    taught = {base: key for key, each in curricula.items() for base in each.bases}
    bodies: dict[str, Body] = {}
    for year in range(START.year, END.year + 1):
        for n, school in enumerate(places.schools):
            source, mechanism = FUNDS[(n + year) % len(FUNDS)]
            line = {
                "program_id": basis.program,
                "year": year,
                "fund": source,
                "mechanism": mechanism,
                "payer_id": basis.authority if "budget" in source else None,
                "recipient_id": school,
                "activity_id": rows[-1 - n % min(3, len(rows))],
                "curriculum_id": taught.get(school),
                "title": f"{_PURPOSES[n % len(_PURPOSES)]}, {year} год",
            }
            for entry in _line(rng, n, year):
                bodies[f"money-{year}-{n + 1:03}-{len(bodies) + 1:05}"] = line | entry
    door.put(funding_entries, bodies)


def _line(rng: random.Random, number: int, year: int) -> Iterator[Body]:
    """The entries of one line of the plan."""
    is_first, is_above = year == START.year, number == ABOVE
    planned = Decimal(rng.randrange(40, 240) * 1_000)
    # The program is approved in April; the plan of its first year follows.
    yield _entry("plan", date(year, 5 if is_first else 1, 12), planned)
    change = planned * rng.choice((-10, 0, 0, 15)) / 100
    if is_above:
        change = Decimal(0)
    if change:
        reason = "Экономия по итогам закупки" if change < 0 else "Открыта ещё одна группа"
        yield _entry("change", date(year, 8, 16), change) | {"note": reason}
    approved, days = planned + change, _PAID[2:] if is_first else _PAID
    for at, (month, day) in enumerate(days, 1):
        amount = approved / len(days) * rng.randint(70, 100) / 100
        payment: Body = {"document_no": f"{number + 1}-{year % 100}/{at}"}
        if is_above and at == len(days):
            amount = approved
            payment["note"] = "Оборудование подорожало, уточнение плана готовится"
        paid = amount.quantize(Decimal("0.01"))
        yield payment | _entry("payment", date(year, month, day), paid)


def _entry(entry: str, on: date, amount: Decimal) -> Body:
    return {"entry": entry, "entry_date": on, "amount": amount}
