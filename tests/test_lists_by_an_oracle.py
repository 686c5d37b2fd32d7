"""Random lists against a plain reading: the register holds what the accepted rows alone make.

The oracle below knows nothing of the service: people are words, a list is read row by row, and
what is in the register afterwards is counted out with dictionaries.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.intake import runs
from tests import ground
from tests.ground import BIRCH, MEADOW, items, known, laid, sent
from tests.scene import Scene
from tests.test_imports import report, stats

SCHOOLS = {BIRCH: "$birch", MEADOW: "$meadow"}
DAYS = range(12, 17)
LETTERS = "абвгдежз"

Person = tuple[str, str]
"""A folded name and the school where it is known."""


@dataclass
class Row:
    """One row of a list: what it says, and whether a fault was put into it."""

    name: str
    school: str
    day: str
    is_wrong: bool

    @property
    def text(self) -> str:
        """The row as it is typed."""
        return f"{self.name};{self.school};{self.day}"


@dataclass
class Oracle:
    """The register, kept by hand."""

    at: dict[str, set[str]] = field(default_factory=dict)
    """By folded name: the schools where the name is known."""
    attended: dict[Person, str] = field(default_factory=dict)
    jobs: dict[Person, str] = field(default_factory=dict)
    """Of those whom lists made: the first day."""

    def read(self, rows: list[Row]) -> Counter[str]:
        """Take a list in; how many rows had which outcome."""
        outcomes: Counter[str] = Counter()
        repeated: set[Person] = set()
        for row in rows:
            outcomes[self._outcome(row, repeated)] += 1
        return outcomes

    def _outcome(self, row: Row, repeated: set[Person]) -> str:
        name, person = folded(row.name), (folded(row.name), row.school)
        is_elsewhere = name in self.at and row.school not in self.at[name]
        if row.is_wrong and person not in repeated:
            return "rejected"
        if is_elsewhere:
            return "rejected"
        if person in repeated:
            # A row that cannot be read at all repeats nothing.
            return "rejected" if is_unreadable(row) else "duplicate"
        repeated.add(person)
        if name not in self.at:
            self.at[name] = {row.school}
            self.jobs[person] = iso(row.day)
        was = self.attended.get(person)
        self.attended[person] = iso(row.day)
        if was is None:
            return "created"
        return "unchanged" if was == iso(row.day) else "updated"


def folded(name: str) -> str:
    return " ".join(name.lower().replace("ё", "е").split())


def iso(day: str) -> str:
    return "-".join(reversed(day.split(".")))


def is_unreadable(row: Row) -> bool:
    """Whether a row fails before anybody asks what it repeats."""
    return not row.day[:2].isdecimal() or row.school not in SCHOOLS


FAULTS = ("17.10.2020", "13.10.2031", "вчера", "school")


def drawn(dice: random.Random, names: list[str]) -> list[Row]:
    """A list of known and unknown people with faults in some of its rows."""
    rows = []
    for _ in range(dice.randint(1, 40)):
        name, school = spelt(dice, dice.choice(names)), dice.choice([*SCHOOLS])
        row = Row(name, school, f"{dice.choice(DAYS)}.10.2020", is_wrong=False)
        if dice.random() < 0.3:
            row.is_wrong = True
            if (fault := dice.choice(FAULTS)) == "school":
                row.school = "МБОУ «Никакая СОШ»"
            else:
                row.day = fault
        rows.append(row)
    return rows


def spelt(dice: random.Random, name: str) -> str:
    """A name in one of five spellings."""
    ways = (str, str.upper, str.lower, lambda said: said.replace("ё", "е"), lambda s: f" {s} ")
    said: str = dice.choice(ways)(name)
    return said


def people(number: int) -> list[str]:
    """Names that nobody else has, each with a ё."""
    return [f"Ёлк{LETTERS[at]}нов{LETTERS[number]} Семён Фёдорович" for at in range(8)]


@pytest.mark.long
@pytest.mark.parametrize("at_once", [runs.AT_ONCE, 3])
def test_the_register_holds_what_the_accepted_rows_make(
    scene: Scene, dice: random.Random, monkeypatch: pytest.MonkeyPatch, at_once: int, *, full: bool
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", at_once)
    laid(scene)
    for turn in range(len(LETTERS) if full else 2):
        names, oracle = people(turn), Oracle()
        for name in names[:3]:
            school = dice.choice([*SCHOOLS])
            known(scene, name, SCHOOLS[school])
            oracle.at[folded(name)] = {school}
        others = register(scene, names)[0]
        assert sorted(others) == sorted(oracle.at)
        for _ in range(3):
            compare(scene, oracle, drawn(dice, names), names)


def compare(scene: Scene, oracle: Oracle, rows: list[Row], names: list[str]) -> None:
    """Send a list twice, dry and in earnest, and hold the register against the oracle."""
    text = "\n".join(("ФИО;Школа;Дата", *(row.text for row in rows)))
    before = register(scene, names)
    tried = report(sent(scene, text, mode="dry_run"))
    assert register(scene, names) == before
    told = report(sent(scene, text))
    expected = oracle.read(rows)
    assert (stats(tried), stats(told)) == (expected, expected), text
    found, attended, jobs = register(scene, names)
    assert found == Counter(oracle.at.keys()), text
    assert attended == oracle.attended, text
    assert {key: jobs[key] for key in oracle.jobs} == oracle.jobs, text
    assert len(jobs) == len(oracle.at), text


def register(
    scene: Scene, names: list[str]
) -> tuple[Counter[str], dict[Person, str], dict[Person, str]]:
    """What the service holds of some names: cards, days of taking part, first days of jobs."""
    mine, schools = set(map(folded, names)), {scene[key]: it for it, key in SCHOOLS.items()}
    who: dict[str, str] = {}
    for each in items(scene, "teachers"):
        if (name := folded(ground.full_name(each))) in mine:
            who[each["id"]] = name

    def by_person(collection: str, day: str) -> dict[Person, str]:
        held: list[dict[str, Any]] = items(scene, collection)
        found = [
            ((who[each["teacher_id"]], schools[each["organization_id"]]), each[day])
            for each in held
            if each["teacher_id"] in who
        ]
        assert len(dict(found)) == len(found)
        return dict(found)

    attended = by_person("participations", "participated_on")
    return Counter(who.values()), attended, by_person("employments", "valid_from")


@pytest.mark.long
def test_a_refused_row_claims_no_newcomer(scene: Scene) -> None:
    """The school of the first right row counts, not that of a refused one before it."""
    laid(scene)
    days = ((BIRCH, "17.10.2020"), (MEADOW, "12.10.2020"), (BIRCH, "15.10.2020"))
    rows = (f"Ёлкина Анна Семёновна;{school};{day}" for school, day in days)
    told = report(sent(scene, "\n".join(("ФИО;Школа;Дата", *rows))))
    assert [each["outcome"] for each in told["rows"]] == ["rejected", "created", "rejected"]
    assert [each["code"] for each in told["rows"][2]["errors"]] == ["namesake_elsewhere"]
