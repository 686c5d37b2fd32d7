"""Deeds: findings about a list as a whole: filled cells, and values used for missing columns."""

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
    """Findings for cells that repeat those above, and for values that replace missing columns."""
    for at, count in filled.items():
        if count:
            values = {"letter": column_name(at), "cell": titles[at], "count": count}
            yield Finding(FILLED_DOWN, values=values)
    missing = {
        heading.name: heading.title
        for heading in headings(resource)
        if heading.name not in layout.names
    }
    yield from _parameters(terms, layout, missing)
    if resource is participations and "id" in missing and "source_key" in missing:
        yield from _usual(terms, layout, missing)


def _parameters(terms: Terms, layout: Layout, missing: Mapping[str, str]) -> Iterator[Finding]:
    given = {**terms.standing, DAY: terms.participated_on}
    missing = {"activity_id": ACTIVITY.title, **missing}
    if layout.names & {"event_id", ACTIVITY.name}:
        missing = {name: title for name, title in missing.items() if name != "activity_id"}
    for name, value in given.items():
        if value and name in missing:
            yield Finding(PARAMETER_TAKEN, values={"column": missing[name], "parameter": name})


def _usual(terms: Terms, layout: Layout, missing: Mapping[str, str]) -> Iterator[Finding]:
    if DAY in missing and terms.event_id and not terms.participated_on:
        yield Finding(EVENT_DAY_TAKEN, values={"column": missing[DAY]})
    labels = {heading.name: heading.choices for heading in headings(participations)}
    for name, value in USUAL.items():
        is_marked = name == "status" and ATTENDANCE.name in layout.names
        if name in missing and not is_marked:
            values = {"column": missing[name], "value": labels[name][value]}
            yield Finding(USUAL_TAKEN, values=values)
