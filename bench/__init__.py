"""Measuring by hand: each figure is a ratio within one run; no test depends on it."""

from app.commands import collect_rarely

# What is measured is the service, and the command that serves says so too.
collect_rarely()
