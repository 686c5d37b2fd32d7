"""The table of what was measured, in Markdown."""

import statistics
from collections.abc import Callable, Iterator, Mapping

from bench.peers.rounds import Cost, Costs
from bench.peers.sides import POSTGRAPHILE, SERVICE, TEXTBOOK, Sides

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def lines(database: str, sides: Sides, found: Mapping[str, Costs]) -> Iterator[str]:
    """The table with a row for each question, and what the service is to PostGraphile."""
    yield f"| | {' | '.join(sides)} |"
    yield "|---" * (len(sides) + 1) + "|"
    for question, costs in found.items():
        cells = [_cell(costs, name) if name in costs else str(side) for name, side in sides.items()]
        yield f"| {DATABASES[database]}, {question} | {' | '.join(cells)} |"
    for question, costs in found.items():
        if POSTGRAPHILE in costs:
            said = _ratios(costs, SERVICE, POSTGRAPHILE)
            yield f"{question}: this service to {POSTGRAPHILE} {said}"


def _cell(costs: Costs, name: str) -> str:
    server, database, rate = (
        statistics.median(map(part, costs[name]))
        for part in (lambda each: each.server, lambda each: each.database, lambda each: each.rate)
    )
    spent = f"{server * 1e6:.0f}" + (f" + {database * 1e6:.0f}" if database else "")
    first = f"{rate:,.0f} a second" if name == TEXTBOOK else _ratios(costs, name, TEXTBOOK)
    return f"{first}; {spent} µs"


def _ratios(costs: Costs, name: str, other: str) -> str:
    """How many times more requests a second, and how many times less CPU a request."""
    rate = _ratio(costs, name, other, lambda each: each.rate)
    spent = _ratio(costs, other, name, lambda each: each.spent)
    return f"× {rate:.1f}, by CPU × {spent:.1f}"


def _ratio(costs: Costs, name: str, other: str, part: Callable[[Cost], float]) -> float:
    """The median of the rounds' ratios."""
    pairs = zip(costs[name], costs[other], strict=True)
    return statistics.median(part(one) / part(another) for one, another in pairs)
