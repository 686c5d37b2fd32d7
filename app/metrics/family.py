"""A family: one number that is told, with its name, its labels and what it means."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from prometheus_client import Metric

from app.database.durations import BOUNDS, Spread
from app.metrics.sheet import Sheet
from app.metrics.standing import Standing
from app.metrics.surroundings import Surroundings
from app.problems import Outage


class Told(NamedTuple):
    """Everything that is known at one moment."""

    sheets: Mapping[str, Sheet]
    """Of all processes, by their numbers."""
    build: Sequence[str]
    """The versions of the service and of Python, the kind of database and its version."""
    is_full: bool
    standing: Standing | None
    """None if the database does not answer."""
    around: Surroundings | None


Sample = tuple[Sequence[str], Any]
"""The values of the labels, and a number or a spread."""

Samples = Callable[[Told], Iterable[Sample]]


class Family(NamedTuple):
    """A number that is told, once for each combination of its labels."""

    kind: Callable[..., Any]
    """The family of prometheus_client that it becomes."""
    name: str
    about: str
    labels: Sequence[str]
    samples: Samples

    def told(self, told: Told) -> Metric:
        """What is told of it at a moment."""
        metric = self.kind(self.name, self.about, labels=self.labels)
        for values, number in self.samples(told):
            if isinstance(number, list | tuple):
                metric.add_metric(values, *_bucketed(Spread(*number)))
            else:
                metric.add_metric(values, float(number))
        whole: Metric = metric
        return whole


def _bucketed(spread: Spread) -> tuple[list[tuple[str, float]], float]:
    """A spread as Prometheus has it: each bucket holds those before it too."""
    bounds = [*map(str, BOUNDS), "+Inf"]
    counts = accumulate(map(float, spread.counts))
    return list(zip(bounds, counts, strict=True)), spread.seconds


PROCESS = ("process",)


def of_process(read: Callable[[Sheet], Any]) -> Samples:
    """One number of each process."""
    return lambda told: [((at,), read(each)) for at, each in told.sheets.items()]


def of_each(read: Callable[[Sheet], Iterable[Sequence[Any]]]) -> Samples:
    """Numbers of each process: rows that end with a number and begin with its labels."""

    def samples(told: Told) -> Iterator[Sample]:
        for at, each in told.sheets.items():
            for *values, number in read(each):
                yield (at, *values), number

    return samples


def refusals(sheet: Sheet) -> dict[str, int]:
    """How many answers were 503, by every cause that there is.

    Each is told from the start: of a number that begins with one, nobody sees that it has grown.
    """
    counts = {each.value: 0 for each in Outage}
    for *_, cause, count in sheet["answers"]:
        if cause:
            counts[cause] += count
    return counts


def errors(sheet: Sheet) -> int:
    """How many answers were 500."""
    return sum(count for _, _, status, _, count in sheet["answers"] if status == FAILED)


FAILED = "500"


def of_register(read: Callable[[Standing], Iterable[Sample]]) -> Samples:
    """What the database tells; nothing while it does not answer."""
    return lambda told: read(told.standing) if told.standing else ()


def of_surroundings(read: Callable[[Surroundings], Iterable[Sample]]) -> Samples:
    """What lies beside the database; nothing if it was not read in time."""
    return lambda told: read(told.around) if told.around else ()
