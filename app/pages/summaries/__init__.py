"""Summaries: the pages of a program's resources, money, property, curricula and results."""

# A page is declared when its module is imported.
from app.pages.summaries import (
    curricula,
    finance,
    initiatives,
    premises,
    quality,
    resources,
    results,
    timetable,
)

__all__ = [
    "curricula",
    "finance",
    "initiatives",
    "premises",
    "quality",
    "resources",
    "results",
    "timetable",
]
