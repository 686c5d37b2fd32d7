"""Verdict: what speaks against the drafts of a batch."""

import uuid
from dataclasses import dataclass, field

from app.findings import Finding


@dataclass
class Verdict:
    """The findings of a batch: faults that forbid a row, taken keys, and warnings."""

    faults: list[Finding] = field(default_factory=list)
    illegal: list[Finding] = field(default_factory=list)
    taken: list[tuple[Finding, uuid.UUID | None]] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
