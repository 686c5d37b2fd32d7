"""Pages: what people look at, print and click in a browser, made of the API's own answers."""

# A page is declared when its module is imported.
from app.pages import (
    data,
    done,
    held,
    home,
    network,
    plan,
    reasons,
    region,
    state,
    summaries,
    uploaded,
    uploads,
    ways,
)

__all__ = [
    "data",
    "done",
    "held",
    "home",
    "network",
    "plan",
    "reasons",
    "region",
    "state",
    "summaries",
    "uploaded",
    "uploads",
    "ways",
]
