"""The pages of all data: every kind as a list, a record, a form and a deletion, by declaration.

A new kind needs no page and no template: everything follows from its declaration.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from app.database.transaction import Transaction
from app.model.grants import Verb
from app.model.headings import Heading, Kind, headings
from app.model.resource import PAIR, Resource
from app.pages import deletion, fields, papers, records, sieve
from app.pages.blocks import SERVICE, blocks
from app.pages.conflict import record_of
from app.pages.leftover import leftovers
from app.pages.lists import Lists
from app.pages.page import Context, Page, steps_of
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.registry import RESOURCES
from app.rest import media
from app.rest.exports import export
from app.rest.showing import record_shown
from app.store import register

COLUMNS = 5
"""Columns of a list beside the name."""

SHORT = frozenset(
    {
        Kind.DAY,
        Kind.CHOICE,
        Kind.NUMBER,
        Kind.DECIMAL,
        Kind.REFERENCE,
        Kind.WEEKDAY,
        Kind.TIME,
    }
)
"""What a column of a list can hold."""

SECTION = "Все данные"


async def index(visit: Visit) -> Context:
    """Every kind that the caller may read."""
    return {
        "kinds": [kind for kind in RESOURCES if visit.may(kind.name, Verb.READ)],
        "leftovers": await leftovers(visit),
    }


class Records:
    """The pages of one kind."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.address = f"/data/{resource.path}"

    def declare(self) -> None:
        """Declare the pages; `new` comes before the page of a record, whose address it fits."""
        kind, name = self.resource, self.resource.name
        Lists(kind, SECTION).declare()
        common: dict[str, Any] = {"subject": name, "section": SECTION}
        Page(f"{self.address}", verb=Verb.READ, template="list.html", show=self.list, **common)
        Page(f"{self.address}.xlsx", verb=Verb.READ, template="", show=self.file, **common)
        Page(
            f"{self.address}/new",
            verb=Verb.CREATE,
            template="edit.html",
            show=self.form,
            save=self.create,
            **common,
        )
        common["about"] = name
        Page(
            f"{self.address}/{{id}}",
            verb=Verb.READ,
            template="record.html",
            show=self.record,
            is_of_record=True,
            **common,
        )
        Page(
            f"{self.address}/{{id}}/edit",
            verb=Verb.CHANGE,
            template="edit.html",
            show=self.form,
            save=self.change,
            edits=kind,
            **common,
        )
        Page(
            f"{self.address}/{{id}}/delete",
            verb=Verb.DELETE,
            template="delete.html",
            show=self.deletion,
            save=self.delete,
            **common,
        )

    async def list(self, visit: Visit) -> Context | Response:
        """A page of the list, with the parameters of the API."""
        kind = self.resource
        asked = await sieve.asked(visit, kind)
        if asked.moved:
            return RedirectResponse(asked.moved, 303)
        page = await self._page(visit, asked)
        names = await records.names_of(visit, kind, page["items"])
        columns = _columns(kind)
        return {
            "kind": kind,
            "address": self.address,
            "columns": columns,
            "rows": [self._row(item, columns, names) for item in page["items"]],
            "total": page["total"],
            "more": visit.same(cursor=page["next"]) if page["next"] else "",
            **await sieve.drawn(visit, kind, asked),
            "download": f"{self.address}.xlsx?{urlencode(_of_file(asked.parameters))}",
            "may_create": visit.may(kind.name, Verb.CREATE),
            "may_upload": visit.may("upload_drafts", Verb.CREATE)
            and visit.may(kind.name, Verb.CREATE),
        }

    async def _page(self, visit: Visit, asked: sieve.Asked) -> dict[str, Any]:
        """A page of records; nothing as long as it is not clear which are asked for."""
        if asked.unclear:
            return {"items": [], "total": 0, "next": None}
        return await records.counted(visit, self.resource, asked.parameters)

    def _row(
        self, item: Mapping[str, Any], columns: Sequence[Heading], names: Mapping[str, str]
    ) -> dict[str, object]:
        flat = fields.texts_of(self.resource, item)
        return {
            "id": item["id"],
            "name": names.get(item["id"]),
            "cells": [records.shown(each, flat.get(each.name, ()), names) for each in columns],
        }

    async def file(self, visit: Visit) -> Response:
        """The whole list as XLSX, as the API gives it."""
        return export(visit.request, self.resource, media.XLSX)

    async def record(self, visit: Visit) -> Context:
        """A record with all its fields."""
        kind = self.resource
        record = await visit.read(lambda tx: record_of(tx, kind, visit.id))
        record_shown(visit.request, kind, [str(visit.id)])
        names = await records.names_of(visit, kind, [record])
        is_theirs, lines = visit.may_touch(kind, record), _lines(kind, record, names)
        return {
            "kind": kind,
            "address": self.address,
            "record": record,
            "name": names.get(str(visit.id)),
            "lines": [line for line in lines if line[0].name not in SERVICE],
            "service": [line for line in lines if line[0].name in SERVICE],
            "parts": list(_parts(kind, record, names)),
            "steps": steps_of(visit, kind, record) if is_theirs else [],
            "may_change": is_theirs and visit.may(kind.name, Verb.CHANGE),
            "may_delete": is_theirs and visit.may(kind.name, Verb.DELETE),
            "documents": papers.documents_of(visit, kind.name, record, names),
            "may_see_history": visit.may("audit", Verb.READ),
        }

    async def form(self, visit: Visit) -> Context:
        """The form of a new record, or of one that is changed."""
        kind, is_new = self.resource, "id" not in visit.request.path_params
        record = records.given(visit, kind) if is_new else {}
        if not is_new:
            record = await visit.read(lambda tx: record_of(tx, kind, visit.id))
            visit.demand_touch(kind, record)
            record_shown(visit.request, kind, [str(visit.id)])
        names = await records.names_of(
            visit, kind, [record, visit.typed.was if visit.typed else {}]
        )
        return {
            "kind": kind,
            "address": self.address,
            "record": record,
            "is_new": is_new,
            "name": names.get(str(record.get("id"))),
            "blocks": blocks(kind, record, visit.typed, visit.findings, names),
            "offered": await records.offered(visit, kind),
            "fields": {},
        }

    async def create(self, visit: Visit, typed: Typed) -> Response | None:
        """Create the record."""
        if _only_rows(typed):
            return None
        body = fields.json_of(self.resource, await records.resolved(visit, self.resource, typed))
        kept = {name: value for name, value in body.items() if value not in (None, [])}
        return await visit.write(
            typed,
            lambda tx: register.create(tx, self.resource, kept),
            then=lambda done: f"{self.address}/{done.id if done else ''}",
            message="Запись создана",
            of=self.resource,
        )

    async def change(self, visit: Visit, typed: Typed) -> Response | None:
        """Change the fields of the form."""
        if _only_rows(typed):
            return None
        body = fields.json_of(self.resource, await records.resolved(visit, self.resource, typed))
        # What answers never show, such as a СНИЛС, stands empty in the form and stays as it is.
        shown = {*self.resource.spoken, *PAIR}
        patch = {name: value for name, value in body.items() if value is not None or name in shown}
        return await visit.write(
            typed,
            lambda tx: register.amend(
                tx, self.resource, visit.id, patch, typed.condition, is_form=True
            ),
            then=f"{self.address}/{visit.id}",
            message="Изменения записаны",
            of=self.resource,
        )

    async def deletion(self, visit: Visit) -> Context:
        """The record, and what refers to it."""
        return await deletion.asked(visit, self.resource, self.address)

    async def delete(self, visit: Visit, typed: Typed) -> Response:
        """Delete the record."""

        def work(tx: Transaction) -> None:
            register.delete(tx, self.resource, visit.id, typed.condition)

        return await visit.write(typed, work, then=self.address, message="Запись удалена")


def _only_rows(typed: Typed) -> bool:
    """Whether the button only adds or takes away a row of a part."""
    return typed.pressed("add.") is not None or typed.pressed("drop.") is not None


def _columns(kind: Resource) -> list[Heading]:
    """What a list shows beside the name: what is short and no part of the name."""
    told = " ".join(kind.called)
    plain = [
        heading
        for heading in headings(kind)
        if heading.kind in SHORT and not heading.is_inner and f"{{{heading.name}" not in told
    ]
    return [heading for heading in plain if heading.name != "municipality_id"][:COLUMNS]


def _of_file(asked: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in asked if pair[0] not in {"cursor", "include_total", "limit"}]


def _lines(
    kind: Resource, record: Mapping[str, Any], names: Mapping[str, str]
) -> Sequence[tuple[Heading, str, str | None, str]]:
    """Every single value: its heading, its words, and the record that it leads to."""
    flat = fields.texts_of(kind, record)
    return [
        (
            heading,
            records.shown(heading, flat.get(heading.name, ()), names),
            heading.target,
            (flat.get(heading.name) or ("",))[0],
        )
        for heading in headings(kind)
        if not heading.part and heading.name != "id" and heading.name in flat
    ]


def _parts(
    kind: Resource, record: Mapping[str, Any], names: Mapping[str, str]
) -> Sequence[tuple[str, list[Heading], list[list[str]]]]:
    """Every part: its title, its columns and its rows in words."""
    made = []
    for part in kind.parts:
        inner = [heading for heading in headings(kind) if heading.part == part]
        rows = [
            [
                records.shown(each, fields.texts(row.get(each.name.partition(".")[2])), names)
                for each in inner
            ]
            for row in record.get(part) or ()
        ]
        made.append((fields.title_of_part(kind, part), inner, rows))
    return made


Page(
    "/data", subject="vocabulary", verb=Verb.READ, template="data.html", show=index, section=SECTION
)
for _kind in RESOURCES:
    Records(_kind).declare()
