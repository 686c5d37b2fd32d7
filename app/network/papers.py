"""Papers: which documents a use of property rests on, and which of them are missing."""

from collections.abc import Mapping
from datetime import date

from app.network.rows import ActRow, UseRow
from app.registry.use_rules import papers_of
from app.store.rows import Id


def missing_papers(
    use: UseRow, provider_kind: str, acts: Mapping[Id, ActRow], day: date
) -> list[str]:
    """The fields of the acts that a use needs and that are not there, or dated after the day."""
    missing = []
    for name in papers_of(use.basis, provider_kind):
        act_id: Id | None = getattr(use, name)
        act = acts.get(act_id) if act_id else None
        if act is None or act.act_date > day:
            missing.append(name)
    return missing
