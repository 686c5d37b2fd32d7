"""The frame of an answer: the program, the day and the period, and whether there is anything."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.indicators.asking import Asked, moment_of
from app.indicators.documents import Period, Version
from app.indicators.facts import Facts, Moment, load, program_of
from app.indicators.network import Network, network_on
from app.indicators.rows import ProgramRow
from app.model.columns import Choice
from app.network.exchange import Exchange
from app.registry.timetable import Span
from app.rest.answers import IdText
from app.store.rows import Id


class AnswerStatus(Choice):
    """Whether an answer has anything to say."""

    OK = "ok", "сведения есть"
    NO_DATA = "no_data", "сведения не представлены"
    OUTSIDE_PROGRAM_PERIOD = "outside_program_period", "программа в этот день не идёт"


class Answer(Period):
    """Ответ о программе на дату."""

    program_id: Annotated[IdText, Field(description="Программа")]
    state_version: Version
    value_status: Annotated[AnswerStatus, Field(description="Есть ли сведения на эту дату")]


class Named(TypedDict):
    """Запись и как она называется."""

    id: Annotated[IdText, Field(description="Запись")]
    name: Annotated[
        str | None, Field(description="Как она называется; null, если ключу этого не видно")
    ]


class Frame(NamedTuple):
    """A program on a day on which it runs."""

    network: Network

    @property
    def facts(self) -> Facts:
        """The rows of the program."""
        return self.network.facts

    @property
    def exchange(self) -> Exchange:
        """Its resources, curricula and groups."""
        return self.network.facts.exchange

    @property
    def program(self) -> ProgramRow:
        """The program."""
        return self.network.facts.program

    @property
    def moment(self) -> Moment:
        """The day and the period."""
        return self.network.moment

    @property
    def ahead(self) -> Span:
        """From the start of the period to the end of the program, whatever the day is."""
        return Span(self.moment.start, self.program.end_date)

    def named(self, key: Id) -> Named:
        """An organization, a resource, a curriculum or a group with its name."""
        return {"id": str(key), "name": self.names.get(key)}

    def holder(self, key: Id) -> Named:
        """A group with its title, or a use with its user."""
        name = self.names.get(self.exchange.users.get(key, key))
        # A group of another program has no title here; who is there has a name.
        place = self.exchange.holders[key].organization_id
        return {"id": str(key), "name": name or self.names.get(place)}

    @property
    def names(self) -> dict[Id, str | None]:
        """Names by id."""
        return self.network.facts.names


class Framed(NamedTuple):
    """What is read once for all answers about a program on a day."""

    tx: Transaction
    program_id: Id
    head: Answer
    frame: Frame | None
    """None: the program does not run on the day."""
    facts: Facts
    """The rows of the program, whatever the day is."""


def framed(tx: Transaction, program_id: Id, asked: Asked) -> Framed:
    """A program on a day, read for its answers.

    Raises:
        NotFound: there is no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    day, moment = moment_of(program, asked)
    facts = load(tx, program, moment.start if moment else program.start_date)
    head: Answer = {
        "program_id": str(program_id),
        "as_of": day.isoformat(),
        "period_start": _text(moment.start if moment else asked.period_start),
        "period_end": _text(moment.end if moment else asked.period_end),
        "state_version": facts.state_version,
        "value_status": AnswerStatus.OK if moment else AnswerStatus.OUTSIDE_PROGRAM_PERIOD,
    }
    frame = Frame(network_on(tx, program, moment)) if moment else None
    return Framed(tx, program_id, head, frame, facts)


def settled(head: Answer, found: Iterable[object]) -> Answer:
    """The head, saying that there is nothing if there is nothing."""
    if head["value_status"] == AnswerStatus.OK and not any(True for _ in found):
        return {**head, "value_status": AnswerStatus.NO_DATA}
    return head


def hours(minutes: int) -> str:
    """Minutes as hours with two places, half up."""
    hundredths = (minutes * 200 + 60) // 120
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
