"""Deeds: what was done to a list besides reading it, told in its report."""

from collections.abc import Iterator, Mapping, Sequence

from app.findings import Finding
from app.intake.attendance import USUAL
from app.intake.columns import ACTIVITY, ATTENDANCE
from app.intake.faults import EVENT_DAY_TAKEN, FILLED_DOWN, PARAMETER_TAKEN, USUAL_TAKEN
from app.intake.layout import Layout
from app.intake.quoting import column_name
from app.intake.terms import Terms
from app.model.headings import headings
from app.model.resource import Resource
from app.registry.participations import participations

DAY = "participated_on"


def deeds(
    resource: Resource,
    terms: Terms,
    layout: Layout,
    titles: Sequence[str],
    filled: Mapping[int, int],
) -> Iterator[Finding]:
    """Cells that repeat those above, and what stands in for columns that the list lacks."""
    for at, count in filled.items():
        if count:
            values = {"letter": column_name(at), "cell": titles[at], "count": count}
            yield Finding(FILLED_DOWN, values=values)
    lacking = {
        each.name: each.title for each in headings(resource) if each.name not in layout.names
    }
    yield from _parameters(terms, layout, lacking)
    if resource is participations and "id" in lacking and "source_key" in lacking:
        yield from _usual(terms, layout, lacking)


def _parameters(terms: Terms, layout: Layout, lacking: Mapping[str, str]) -> Iterator[Finding]:
    given = {**terms.standing, DAY: terms.participated_on}
    lacking = {"activity_id": ACTIVITY.title, **lacking}
    if layout.names & {"event_id", ACTIVITY.name}:
        lacking = {name: title for name, title in lacking.items() if name != "activity_id"}
    for name, value in given.items():
        if value and name in lacking:
            yield Finding(PARAMETER_TAKEN, values={"column": lacking[name], "parameter": name})


def _usual(terms: Terms, layout: Layout, lacking: Mapping[str, str]) -> Iterator[Finding]:
    if DAY in lacking and terms.event_id and not terms.participated_on:
        yield Finding(EVENT_DAY_TAKEN, values={"column": lacking[DAY]})
    labels = {each.name: each.choices for each in headings(participations)}
    for name, value in USUAL.items():
        is_marked = name == "status" and ATTENDANCE.name in layout.names
        if name in lacking and not is_marked:
            said = {"column": lacking[name], "value": labels[name][value]}
            yield Finding(USUAL_TAKEN, values=said)
