"""Participants: on what the program rests, and who takes part in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from app.documents.paper import ColumnKind, Days, Row, Section, column, row, table
from app.documents.report.source import Source
from app.indicators.documents import NamedOrganization
from app.indicators.facts import covers
from app.indicators.rows import MemberRow, PartnershipRow
from app.model.text import alphabetical
from app.program.frame import Frame, Named
from app.registry.designations import DesignationCategory
from app.registry.partnerships import MemberRole, PartnershipStatus
from app.store.rows import Id

_CATEGORIES = {
    DesignationCategory.LEADER: "ШЛ",
    DesignationCategory.LOW_RESULTS: "ШНОР",
    DesignationCategory.DISADVANTAGED_CONDITIONS: "ШНСУ",
}
ROLES = {
    MemberRole.LEADER: "школа-лидер",
    MemberRole.SUPPORTED: "поддерживаемая",
    MemberRole.SOCIAL_PARTNER: "социальный партнёр",
    MemberRole.PARTNER: "партнёр",
}
HIDDEN = "название скрыто"
"""In the place of the name of an organization that whoever asks for the paper may not see."""
_COLUMNS = [
    column("Организация", 3),
    column("Категория", 1.5),
    column("Роль", 1.8),
    column("Партнёрство", 3.4),
    column("Срок", 1.7, ColumnKind.PERIOD),
]


class _Part(NamedTuple):
    role: MemberRole
    partnership: PartnershipRow
    days: Days


def section(source: Source) -> Section:
    """Section 1."""
    rows = _rows(source.frame) if source.frame else []
    return table("1", "Основание и участники", _COLUMNS, rows, _basis(source))


def _basis(source: Source) -> str | None:
    act = source.act(source.program.approved_by_id)
    if act is None:
        return None
    appendix = source.program.appendix_no
    return f"Основание: {source.cited(act)}{f', приложение {appendix}' if appendix else ''}."


def _rows(frame: Frame) -> list[Row]:
    parts = _parts(frame)
    rows: list[Row] = []
    for key in sorted(
        parts, key=lambda key: (key in frame.facts.hidden, alphabetical(frame.names[key]), key)
    ):
        name: str | None = called(frame.names, key)
        category: str | None = category_of(frame, key)
        # Who takes part in several partnerships is named once.
        for part in parts[key]:
            title = partnership_title(frame, part.partnership)
            rows.append(row(name, category, ROLES[part.role], title, part.days))
            name, category = "", ""
    return rows


def _parts(frame: Frame) -> dict[Id, list[_Part]]:
    """By organization: the partnerships that are in force on the day."""
    parts: dict[Id, list[_Part]] = defaultdict(list)
    day = frame.moment.day
    for partnership in frame.facts.partnerships:
        if partnership.status == PartnershipStatus.DRAFT:
            continue
        if not covers(partnership.start_date, partnership.end_date, day):
            continue
        for member in frame.facts.members.get(partnership.id, ()):
            if covers(member.valid_from, member.valid_to, day):
                days = _days(partnership, member)
                parts[member.organization_id].append(_Part(member.role, partnership, days))
    return parts


def _days(partnership: PartnershipRow, member: MemberRow) -> Days:
    since = max(partnership.start_date, member.valid_from or partnership.start_date)
    until = min(partnership.end_date or date.max, member.valid_to or date.max)
    return {
        "since": since.isoformat(),
        "until": None if until == date.max else until.isoformat(),
    }


def category_of(frame: Frame, key: Id) -> str | None:
    """What an organization is in the program on the day, in the short words of the order."""
    held = frame.network.categories.get(key, set())
    return ", ".join(label for kind, label in _CATEGORIES.items() if kind in held) or None


def called(names: Mapping[Id, str | None], key: Id) -> str:
    """What a member is called; of a hidden one only that it is there."""
    return names[key] or HIDDEN


def listed(organizations: Iterable[Named | NamedOrganization]) -> str:
    """The names of organizations in their order, each organization once."""
    names = {each["id"]: each["name"] or HIDDEN for each in organizations}
    return ", ".join(sorted(names.values(), key=alphabetical))


def partnership_title(frame: Frame, partnership: PartnershipRow) -> str:
    """The title of a partnership; without one, its leaders and those whom they support."""
    if partnership.title:
        return partnership.title
    members = frame.facts.members.get(partnership.id, ())
    sides = (
        ", ".join(
            called(frame.names, member.organization_id)
            for member in members
            if (member.role == MemberRole.LEADER) is leads
        )
        for leads in (True, False)
    )
    return " – ".join(filter(None, sides))
