"""The form «Загрузить список» of every kind, by declaration: a file, and what it may leave out.

The steps after it are those of every list (`uploads`, `uploaded`).
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from anyio import to_thread
from starlette.responses import Response

from app.intake.cures import PLACE
from app.intake.parameters import lists_persons, names_persons
from app.intake.templates import columns, template
from app.intake.terms import STANDING, Basis
from app.model.grants import Verb
from app.model.resource import Resource
from app.model.values import read_id
from app.pages import drafting, fields, first_step, records
from app.pages.figures import program_of
from app.pages.files import attached
from app.pages.leftover import leftovers
from app.pages.orders import Order
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid, Problem
from app.registry.participations import participations
from app.rest import media, queries
from app.store import drafts


def required_columns(visit: Visit, kind: Resource) -> list[str]:
    """The columns that a list needs; an organization's key says itself whose rows they are."""
    said = {PLACE} if visit.caller.own else set()
    needed = [each for each in columns(kind) if each.is_required and not each.part]
    return [each.title for each in needed if each.name not in said]


PROGRAM = "program_id"


class Seen(NamedTuple):
    """The draft that is changed, and what fills the form in."""

    draft: drafts.Kept | None
    order: Order


class Lists:
    """The form of one kind, and the sample of its lists."""

    def __init__(self, resource: Resource, section: str) -> None:
        self.resource = resource
        self.section = section
        self.standing = [name for name in STANDING if name in resource.write.model_fields]

    def declare(self) -> None:
        """Declare the form before the page of a record, whose address it fits."""
        kind = self.resource
        Page(
            f"/data/{kind.path}/upload",
            subject=kind.name,
            verb=Verb.CREATE,
            template="send.html",
            show=self.show,
            save=self.save,
            takes_file=True,
            section=self.section,
        )
        Page(
            f"/samples/{kind.path}.xlsx",
            subject=kind.name,
            verb=Verb.CREATE,
            template="",
            show=self.sample,
        )

    async def show(self, visit: Visit) -> Context:
        """The form, with what a draft fills in."""
        kind, seen = self.resource, await self._seen(visit)
        given = {name: str(key) for name, key in seen.order.standing.items()}
        names = await records.names_of(visit, kind, [given])
        called = {name: names.get(key, key) for name, key in given.items()}
        labels = {"file": "Список", "basis": "Основание обработки персональных данных"}
        standing = self._offered(visit)
        return {
            "kind": kind,
            "draft": seen.draft,
            "leftovers": [] if seen.draft else await leftovers(visit),
            "required": required_columns(visit, kind),
            "standing": standing,
            "offered": await self._names(visit, standing),
            "fields": {
                **fields.drawn(kind, standing, called, visit.typed, visit.findings),
                **first_step.drawn(visit, labels),
            },
            "bases": [*Basis] if names_persons(kind) else [],
            "lists_persons": lists_persons(kind),
            "about_basis": first_step.ABOUT_BASIS,
            "basis": visit.typed.text("basis") if visit.typed else seen.order.basis or "",
            "may_create_teachers": kind is participations,
            "creates": bool(visit.typed.text("create")) if visit.typed else seen.order.creates,
        }

    async def save(self, visit: Visit, typed: Typed) -> Response:
        """Check the list and keep it as a draft."""
        kind, seen = self.resource, await self._seen(visit)
        try:
            known = await records.resolved(visit, kind, typed)
            demanded = lists_persons(kind)
            if missing := first_step.missing(visit, typed, seen.draft, names_persons=demanded):
                raise Invalid(*missing)
            order = Order(
                kind.name,
                first_step.basis_of(typed),
                creates=bool(typed.text("create")),
                standing={
                    name: uuid.UUID(key)
                    for name in self._offered(visit)
                    if (key := known.text(name))
                },
            )
            order = first_step.carried_over(visit, order, seen.draft)
            file = await first_step.file_of(visit, seen.draft)
            old = seen.draft.id if seen.draft else None
            return await drafting.begin(visit, typed, order, file, instead_of=old)
        except Problem as problem:
            raise first_step.at_its_place(problem, {}) from problem

    async def sample(self, _: Visit) -> Response:
        """An empty list with an example and explanations."""
        body = await to_thread.run_sync(template, self.resource)
        return attached(body, media.XLSX, f"{self.resource.path}.xlsx")

    async def _seen(self, visit: Visit) -> Seen:
        asked = queries.read(visit.request, {"draft": read_id})
        empty = Order(self.resource.name, creates=self.resource is participations)
        if "draft" not in asked:
            return Seen(None, await self._usual(visit, empty))
        key = asked["draft"]
        draft = await visit.read(lambda tx: first_step.draft_of(tx, visit, key, empty))
        return Seen(draft, Order.of_json(draft.said))

    async def _usual(self, visit: Visit, order: Order) -> Order:
        """The order with the program that runs: nearly every list that needs one is about it."""
        field = self.resource.write.model_fields.get(PROGRAM)
        if field is None or not field.is_required():
            return order
        key = await visit.read(lambda tx: program_of(tx, order))
        return replace(order, standing={PROGRAM: key}) if key else order

    def _offered(self, visit: Visit) -> list[str]:
        """What can be said once for all rows; an organization's key says where they belong."""
        return [name for name in self.standing if name != PLACE or not visit.caller.own]

    async def _names(self, visit: Visit, standing: list[str]) -> Mapping[str, list[str]]:
        every: Mapping[str, Any] = await records.offered(visit, self.resource) if standing else {}
        targets = {fields.heading_of(self.resource, name).target for name in standing}
        return {target: names for target, names in every.items() if target in targets}
