"""Offering: the rows of the plan, partnerships and places that an event can be of."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from app.model.text import alphabetical
from app.pages import records, words
from app.pages.visit import Visit
from app.registry.activities import Direction, activities
from app.registry.events import events
from app.registry.partnerships import partnerships


class Offered(NamedTuple):
    """What the form offers."""

    groups: list[tuple[str, list[tuple[str, str]]]]
    """Rows of the plan by direction, then partnerships: the value and the words of each."""
    hosts: list[str]
    own: dict[str, str]
    """For an organization, itself and its units by id: it holds events nowhere else."""


async def offered(visit: Visit, program: Mapping[str, object]) -> Offered:
    """What the form of an event offers for a program."""
    mine = [("program_id", str(program["id"])), ("limit", "500")]
    rows = (await records.listed(visit, activities, mine))["items"]
    ties = (await records.listed(visit, partnerships, mine))["items"]
    own = {str(key) for key in visit.caller.own}
    names = await visit.called(partnerships=[tie["id"] for tie in ties], organizations=own)
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for direction in Direction:
        inside = [row for row in rows if row["direction"] == direction]
        options = [
            (f"activity_id:{row['id']}", f"{row['plan_no']}. {row['title']}")
            for row in sorted(inside, key=lambda row: _by_number(row["plan_no"]))
        ]
        if options:
            groups.append((words.capital(direction.label), options))
    partners = [
        (f"partnership_id:{tie['id']}", names.get(tie["id"], "партнёрство")) for tie in ties
    ]
    if partners:
        groups.append(
            ("Или к партнёрству", sorted(partners, key=lambda each: alphabetical(each[1])))
        )
    hosts = [] if own else (await records.offered(visit, events))["organizations"]
    return Offered(groups, hosts, {key: names[key] for key in sorted(own) if key in names})


def _by_number(text: str) -> list[tuple[int, str]]:
    """Numbers of a plan in their order: 2 before 10, 2 before 2.1."""
    return [(int(number or 0), rest) for number, rest in re.findall(r"(\d*)(\D*)", text)]
