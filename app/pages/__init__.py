"""Pages: what people look at, print and click in a browser, made of the API's own answers."""

# A page is declared when its module is imported.
from app.pages import (
    data,
    decision,
    done,
    held,
    home,
    monitoring,
    network,
    organization,
    partnership,
    plan,
    reasons,
    region,
    state,
    summaries,
    trail,
    uploaded,
    uploads,
    ways,
)

__all__ = [
    "data",
    "decision",
    "done",
    "held",
    "home",
    "monitoring",
    "network",
    "organization",
    "partnership",
    "plan",
    "reasons",
    "region",
    "state",
    "summaries",
    "trail",
    "uploaded",
    "uploads",
    "ways",
]
