"""Network drawing: leaders at the left, the schools that they support at the right, as SVG.

A pure function from names to a drawing; the table of the page says the same in words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

WIDTH = 1240
"""Of every drawing, in its own units."""

LEADER_WIDTH, LEADER_HEIGHT = 250, 50
SCHOOL_LEFT, SCHOOL_WIDTH, SCHOOL_HEIGHT = 560, 320, 36
ABOUT_LEFT = 896
STEP, GAP, TOP = 48, 24, 30
"""Between the middles of two schools; between two groups; of the first middle."""

LEADER_LETTERS, SCHOOL_LETTERS, ABOUT_LETTERS = 29, 27, 48
"""How many letters of thirteen pixels fit."""


class School(NamedTuple):
    """A school that is supported, or should be."""

    name: str
    categories: str
    is_alone: bool = False
    """Whether it waits for a leader."""


class Edge(NamedTuple):
    """A line from a leader to a school."""

    school: School
    kind: str
    """The class of the line: none, `draft` or `off`."""
    about: str
    """What stands beside the school."""


class Leader(NamedTuple):
    """A leader with its lines."""

    name: str
    is_valid: bool
    edges: Sequence[Edge]


@dataclass(frozen=True)
class Drawing:
    """One drawing of the network."""

    leaders: Sequence[Leader]
    alone: Sequence[School]
    """Schools that wait for a leader and have no partnership at all."""

    @property
    def svg(self) -> Markup:
        """The drawing; its title says what the table says."""
        return Markup(
            '<svg class="chart" viewBox="0 0 {} {}" role="img"><title>{}</title>{}</svg>'
        ).format(WIDTH, self._height, self._title, Markup().join(self._parts()))

    @property
    def _height(self) -> int:
        rows = sum(max(len(leader.edges), 1) for leader in self.leaders) + len(self.alone)
        groups = len(self.leaders) + bool(self.alone)
        return rows * STEP + groups * GAP + TOP

    @property
    def _title(self) -> str:
        """Who supports whom, for those who do not see the drawing."""
        told = [
            f"{leader.name}: {', '.join(edge.school.name for edge in leader.edges)}"
            for leader in self.leaders
        ]
        if self.alone:
            told.append(f"лидера нет: {', '.join(school.name for school in self.alone)}")
        return f"Сеть. {'; '.join(told)}. Те же сведения в таблице ниже."

    def _parts(self) -> Iterator[Markup]:
        middle = TOP
        for leader in self.leaders:
            middles = [middle + STEP * place for place in range(max(len(leader.edges), 1))]
            centre = (middles[0] + middles[-1]) // 2
            for edge, at in zip(leader.edges, middles, strict=False):
                yield _line(edge, centre, at)
                yield _school(edge.school, edge.about, at)
            yield _leader(leader, centre)
            middle = middles[-1] + STEP + GAP
        for place, school in enumerate(self.alone):
            at = middle + STEP * place
            if not place:
                yield Markup('<text class="tb" x="14" y="{}">Лидера нет</text>').format(at + 5)
            yield _school(school, "", at)


def _line(edge: Edge, start: int, end: int) -> Markup:
    return Markup('<path class="ed {}" d="M{} {} C390 {} 420 {} {} {}"/>').format(
        edge.kind, LEADER_WIDTH, start, start, end, SCHOOL_LEFT, end
    )


def _school(school: School, about: str, at: int) -> Markup:
    right = SCHOOL_LEFT + SCHOOL_WIDTH
    room = SCHOOL_LETTERS + (0 if len(school.categories) > len("ШНОР") else len("+ ШНСУ"))
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{baseline}">{}</text>'
        '<text class="tb" text-anchor="end" x="{}" y="{baseline}">{}</text>'
        '<text class="t2" x="{}" y="{baseline}">{}</text>'
    ).format(
        "boxb" if school.is_alone else "box",
        SCHOOL_LEFT,
        at - SCHOOL_HEIGHT // 2,
        SCHOOL_WIDTH,
        SCHOOL_HEIGHT,
        SCHOOL_LEFT + 12,
        cut(school.name, room),
        right - 12,
        school.categories,
        ABOUT_LEFT,
        cut(about, ABOUT_LETTERS),
        baseline=at + 5,
    )


def _leader(leader: Leader, at: int) -> Markup:
    counting = sum(not edge.kind for edge in leader.edges)
    about = f"школа-лидер, помогает: {counting}" if leader.is_valid else "не назначена лидером"
    return Markup(
        '<rect class="{}" x="0" y="{}" width="{}" height="{}"/>'
        '<text class="{ink} tb" x="14" y="{}">{}</text><text class="{ink}" x="14" y="{}">{}</text>'
    ).format(
        "boxl" if leader.is_valid else "box",
        at - LEADER_HEIGHT // 2,
        LEADER_WIDTH,
        LEADER_HEIGHT,
        at - 4,
        cut(leader.name, LEADER_LETTERS),
        at + 14,
        about,
        ink="tw" if leader.is_valid else "",
    )


def cut(text: str, letters: int) -> str:
    """A text that fits; what was cut off is marked."""
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"
