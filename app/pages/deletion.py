"""Deletion: what is shown before a record is deleted, and what prevents it."""

from app.database.transaction import Transaction
from app.model.grants import Verb
from app.model.headings import headings
from app.model.resource import Resource
from app.pages import records
from app.pages.conflict import record_of
from app.pages.page import Context
from app.pages.visit import Visit
from app.registry import KINDS
from app.rest.called import names_by_id
from app.store.referrers import referrers
from app.store.rows import Id

LASTING = {
    "snapshots": "Срезы показателей",
    "api_keys": "Ключи",
    "merged_records": "Объединённые карточки",
}
"""What refers to records and is no kind of its own: it is kept, so nobody can delete it first."""


CLOSING = {"closed_on", "valid_to", "end_date"}
"""Last days of what is valid; those of an event or of a report say when something was."""


async def asked(visit: Visit, kind: Resource, address: str) -> Context:
    """The record, what refers to it, and the last day that may be given instead.

    `address` is that of the list of its kind.
    """

    def work(tx: Transaction) -> tuple[dict[str, object], list[tuple[str, int, list[Id]]]]:
        return record_of(tx, kind, visit.id), referrers(tx, kind, visit.id)

    record, found = await visit.read(work)
    visit.demand_touch(kind, record)
    names = await records.names_of(visit, kind, [record])
    return {
        "kind": kind,
        "address": address,
        "record": record,
        "name": names.get(str(visit.id)),
        "referring": [
            (KINDS[name], count, await names_by_id(visit.request, {name: set(map(str, ids))}))
            for name, count, ids in found
            if name in KINDS
        ],
        "lasting": [LASTING[name] for name, _, _ in found if name not in KINDS],
        "ends": _end_of(kind),
        "may_change": visit.may(kind.name, Verb.CHANGE),
        "fields": {},
    }


def _end_of(kind: Resource) -> str:
    """The heading of the last day of a kind: closing is offered before deleting."""
    last = kind.period[1] if kind.period else ""
    return next(
        (heading.title for heading in headings(kind) if heading.name == last in CLOSING), ""
    )
