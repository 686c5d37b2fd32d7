"""Marks: a status as a shape and a word; the colour comes third.

The words are those of the vocabulary; here stands only which shape a value has.
"""

from enum import Enum
from typing import NamedTuple

from markupsafe import Markup

from app.indicators.codes import ItemOutcome, Progress, TargetStatus
from app.model.columns import Choice
from app.registry.designations import DesignationCategory
from app.registry.events import EventStatus
from app.registry.monitoring import MonitoringState

_DISC = "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0z"
_RING = f"{_DISC}m0 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z"


class Shape(Enum):
    """A shape and the class of its colour."""

    OK = "s-ok", f"{_DISC}m4.6 5.9-5.4 6.2L3.4 8.5l1.4-1.5 2.3 2.1 4-4.6z"
    """A disc with a tick."""
    LATE = "s-late", f"{_RING} M7 4h2v4.6l2.8 1.6-1 1.7L7 9.7z"
    """A clock."""
    BAD = (
        "s-bad",
        "M8 .6 16 15.4H0zM7.1 6l.3 4.6h1.2L8.9 6zM8 11.6a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
    )
    """A triangle."""
    OPEN = "s-open", f"{_DISC}m0 2v12A6 6 0 0 1 8 2z"
    """A half disc."""
    PLAN = "s-plan", _RING
    """A ring."""
    DRAFT = "s-late", _RING
    """A ring that waits for somebody."""
    OUT = "s-plan", f"{_DISC}M4 7h8v2H4z"
    """A disc with a minus."""
    OFF = "s-off", f"{_DISC}M4 7h8v2H4z"
    """The same with its word struck."""
    NONE = "s-plan", "M1 7h14v2H1z"
    """A dash."""


SHAPES: dict[Choice, Shape] = {
    Progress.PLANNED: Shape.PLAN,
    Progress.OPEN: Shape.OPEN,
    Progress.OVERDUE: Shape.BAD,
    Progress.COMPLETED: Shape.OK,
    Progress.COMPLETED_LATE: Shape.LATE,
    Progress.CANCELLED: Shape.OFF,
    ItemOutcome.COUNTED: Shape.OK,
    ItemOutcome.NOT_COUNTED: Shape.NONE,
    ItemOutcome.EXCLUDED: Shape.OUT,
    TargetStatus.MET: Shape.OK,
    TargetStatus.NOT_MET: Shape.BAD,
    TargetStatus.NOT_APPLICABLE: Shape.NONE,
    EventStatus.PLANNED: Shape.PLAN,
    EventStatus.COMPLETED: Shape.OK,
    EventStatus.CANCELLED: Shape.OFF,
    MonitoringState.RETURNED: Shape.BAD,
    MonitoringState.SUBMITTED: Shape.OPEN,
    MonitoringState.DRAFT: Shape.PLAN,
    MonitoringState.ACCEPTED: Shape.OK,
}
"""The shape of each value that is shown as a status; add those of your page."""


class Category(NamedTuple):
    """How a category is written beside a name."""

    short: str
    kind: str


CATEGORIES: dict[DesignationCategory, Category] = {
    DesignationCategory.LEADER: Category("ШЛ", "lead-s"),
    DesignationCategory.LOW_RESULTS: Category("ШНОР", "weak"),
    DesignationCategory.DISADVANTAGED_CONDITIONS: Category("ШНСУ", "weak"),
}


def mark(shape: Shape, word: str) -> Markup:
    """A shape with a word."""
    kind, path = shape.value
    return Markup(
        '<span class="st {}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        '<path d="{}" fill-rule="evenodd"/></svg><span>{}</span></span>'
    ).format(kind, path, word)


def status(value: Choice) -> Markup:
    """A value of a closed list with its shape and its label."""
    return mark(SHAPES[value], value.label)


def bad(word: str) -> Markup:
    """What is wrong: a triangle with its words."""
    return mark(Shape.BAD, word)


def good(word: str) -> Markup:
    """What is as it should be."""
    return mark(Shape.OK, word)


def category(value: str) -> Markup:
    """A category as it stands beside the name of an organization."""
    known = DesignationCategory[value.upper()]
    about = CATEGORIES[known]
    return Markup('<abbr class="cat {}" title="{}">{}</abbr>').format(
        about.kind, known.label, about.short
    )
