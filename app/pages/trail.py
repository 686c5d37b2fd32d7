"""The page of the audit trail: who did what with which records, and the history of one record."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.access.matrix import SUBJECTS
from app.access.roles import Role
from app.model.columns import Choice
from app.model.grants import Verb
from app.model.headings import headings
from app.model.values import read_id, spoken_instant
from app.oversight.documents import AuditEntry
from app.oversight.entries import FILTERS, Query, archived, page
from app.pages import fields, marks
from app.pages.called import WHO
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry import KINDS, RESOURCES
from app.rest import queries
from app.rest.called import names_by_id
from app.rest.deps import service_of
from app.store.cursors import seal


class Deed(Choice):
    """What the trail says was done."""

    CREATE = "create", "запись создана"
    UPDATE = "update", "запись изменена"
    DELETE = "delete", "запись удалена"
    READ = "read", "показано"
    EXPORT = "export", "скачано файлом"
    IMPORT = "import", "загружен список"
    ERASE = "erase", "данные уничтожены"
    MERGE = "merge", "карточки объединены"
    FREEZE = "freeze", "срез сохранён"
    REPEAT = "repeat", "запрос повторён"
    SIGN_IN = "sign_in", "вход на страницы"
    AUTHENTICATE = "authenticate", "вход с неверным ключом"
    AUTHORIZE = "authorize", "запрос без права"
    ISSUE_KEY = "issue_key", "ключ выдан"
    ROTATE_KEY = "rotate_key", "ключ заменён"
    REVOKE_KEY = "revoke_key", "ключ отозван"
    BACKUP = "backup", "резервная копия"
    RESTORE = "restore", "восстановлено из копии"
    ARCHIVE = "archive", "журнал убран в архив"
    CHANGE_SECRET = "change_secret", "секрет сменён"


OUTCOMES: Mapping[str, Markup] = {
    "ok": Markup(),
    "denied": marks.bad("отказано"),
    "dry_run": marks.mark(marks.Shape.NONE, "только проверка"),
}
"""How an act ended; the number of rows of a file stands as it is."""

BESIDE = {"keys": "Ключи"}
"""Types of the trail that are neither a kind of records nor a subject of the matrix."""

NAMED = 3
"""So many records of an entry are named; of more, their number is told."""

LIMIT = 100
"""Entries on a page."""


class Line(NamedTuple):
    """An entry as it stands in the table."""

    at: str
    entry: AuditEntry
    who: str
    role: str
    deed: str
    kind: str
    records: list[tuple[str, str | None]]
    """Names and addresses of some of its records."""
    more: int
    """How many records are not named."""
    fields: list[str]
    outcome: Markup


async def show(visit: Visit) -> Context:
    """What the page shows."""
    service, query = service_of(visit.request), _asked(visit)
    sql, parameters = page(service.database.dialect, query, service.database.secret)
    rows = await service.reader.rows(sql, parameters, heavy=bool(query.filters))
    ((before,),) = await service.reader.rows(archived(service.database.dialect), {})
    entries: list[AuditEntry] = [json.loads(row[0]) for row in rows[: query.limit]]
    about = str(query.filters.get("id", ""))
    names = await names_by_id(visit.request, _named(entries))
    more = ""
    if len(rows) > query.limit:
        sealed = seal([rows[query.limit - 1][1]], query.shape, service.database.secret)
        more = visit.same(cursor=sealed)
    return {
        "lines": [_line(visit, entry, names, service.settings.zone) for entry in entries],
        "about": names.get(about) if about else None,
        "deeds": list(Deed),
        "kinds": sorted(RESOURCES, key=lambda kind: kind.titles.all),
        "archived_before": before,
        "more": more,
    }


Page(
    address="/audit",
    subject="audit",
    verb=Verb.READ,
    template="trail.html",
    show=show,
    section="Журнал",
)


def _blank(reader: queries.Reader) -> queries.Reader:
    """A reader that takes an empty field of a form for none."""
    return lambda text: reader(text) if text else None


READERS: Mapping[str, queries.Reader] = {
    "from": _blank(queries.day),
    "to": _blank(queries.day),
    "id": read_id,
    "key_id": read_id,
    "action": _blank(queries.choice_of(Deed)),
    "type": _blank(str),
    "cursor": str,
}


def _asked(visit: Visit) -> Query:
    """The query of the page: as the API's, but days are whole days of the time zone."""
    found = queries.read(visit.request, READERS)
    zone = service_of(visit.request).settings.zone
    texts = {
        "id": found.get("id"),
        "key_id": found.get("key_id"),
        "action": found.get("action"),
        "type": found.get("type"),
        "from": _midnight(found.get("from"), zone),
        "to": _midnight(found.get("to"), zone, days=1),
    }
    filters = {name: FILTERS[name].read(str(text)) for name, text in texts.items() if text}
    return Query(filters, LIMIT, found.get("cursor"), is_newest_first=True)


def _midnight(day: date | None, zone: ZoneInfo, days: int = 0) -> str | None:
    """When a day begins, some days later."""
    if day is None:
        return None
    return spoken_instant(datetime.combine(day + timedelta(days), time(), zone))


def _named(entries: Sequence[AuditEntry]) -> dict[str, set[str]]:
    """The records to name, by kind."""
    ids: dict[str, set[str]] = {}
    for entry in entries:
        if (kind := entry["type"]) and kind in KINDS:
            ids.setdefault(kind, set()).update(entry["ids"][:NAMED])
    return ids


def _line(visit: Visit, entry: AuditEntry, names: Mapping[str, str], zone: ZoneInfo) -> Line:
    at = datetime.fromisoformat(entry["at"]).astimezone(zone)
    kind = entry["type"] or ""
    known = [(names[key], visit.link(kind, key)) for key in entry["ids"][:NAMED] if key in names]
    role = next((WHO[each] for each in Role if each == entry["role"]), entry["role"])
    return Line(
        f"{at:%d.%m.%Y %H:%M:%S}",
        entry,
        entry["owner"] or role,
        role if entry["owner"] else "",
        next((each.label for each in Deed if each == entry["action"]), entry["action"]),
        _title(kind),
        known,
        len(entry["ids"]) - len(known),
        _fields(kind, entry["fields"]),
        OUTCOMES.get(entry["outcome"], Markup("{}").format(entry["outcome"])),
    )


def _title(kind: str) -> str:
    if kind in KINDS:
        return KINDS[kind].titles.all
    return BESIDE.get(kind) or SUBJECTS.get(kind, kind)


def _fields(kind: str, names: Sequence[str]) -> list[str]:
    """Fields as the forms call them; the trail keeps no values."""
    if kind not in KINDS:
        return list(names)
    resource = KINDS[kind]
    titles = {heading.name: heading.title for heading in headings(resource)}
    titles |= {part: fields.title_of_part(resource, part) for part in resource.parts}
    return [titles.get(name, name) for name in names]
