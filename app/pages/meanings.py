"""Meanings: what the columns of a list can be read as, and what its sender says they mean."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from app.intake.cells import as_id
from app.intake.columns import known
from app.intake.cures import PLACE
from app.intake.parameters import LAST_ROW
from app.model.headings import Heading, Kind
from app.model.resource import Resource
from app.pages.orders import Order
from app.pages.typed import Typed


@cache
def headings_of(resource: Resource) -> Mapping[str, Heading]:
    """The columns that a list of a kind can have, by the names of their fields."""
    every = known(resource).values()
    return {each.name: each for each in every if each.name and each.kind != Kind.PARTS}


def readings(resource: Resource) -> dict[str, str]:
    """What a column can be read as: the name of the field and its heading."""
    return {name: heading.title for name, heading in headings_of(resource).items()}


def read_as(order: Order, checked: Mapping[str, Any], typed: Typed) -> Order:
    """The order with what was said of the columns of its list."""
    row = _header_row(typed)
    said = {column["title"]: typed.text(f"m.{at}") for at, column in enumerate(checked["columns"])}
    names = headings_of(order.resource)
    columns = {title: name if name in names else "" for title, name in said.items()}
    # Other headings stand in another row.
    columns = columns if row == checked["header_row"] else {}
    order = replace(order, columns=columns, header_row=row)
    return order.placed(as_id(typed.text(PLACE))) if is_placed(order.resource) else order


def is_placed(resource: Resource) -> bool:
    """Whether rows of a kind belong to an organization, which a list may leave to be said once."""
    return PLACE in resource.write.model_fields


def _header_row(typed: Typed) -> int | None:
    text = typed.text("header_row")
    return int(text) if re.fullmatch(r"[1-9]\d{0,2}", text) and int(text) <= LAST_ROW else None
