"""Measuring: ratios in one run, never in a timed test."""

from app.commands.loading import collect_rarely

# What is measured is the service, and the command that serves says so too.
collect_rarely()
