"""Register: creates, replaces, amends and deletes single records, each in a transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft, Stored
from app.model.faults import (
    CONFLICT_ELSEWHERE,
    KEY_DIFFERS,
    KINDS,
    NOT_YOURS,
    WRONG_TYPE,
)
from app.model.resource import PAIR, Resource
from app.problems import (
    AlreadyExists,
    AmbiguousKey,
    Conflict,
    ConflictElsewhere,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    Referenced,
)
from app.store import checking, heirs, keeping, speech
from app.store.following import follow
from app.store.loading import load, load_by
from app.store.lookups import every_municipality
from app.store.merging import merged
from app.store.placing import place
from app.store.precondition import FREE, Precondition
from app.store.referrers import referrers
from app.store.validation import read_body


@dataclass(frozen=True)
class Written:
    """A record after a write, and its warnings."""

    id: uuid.UUID
    version: int
    json: str
    created: bool = False
    warnings: list[Finding] = field(default_factory=list)


def create(
    tx: Transaction, resource: Resource, body: object, *, by_service: bool = False
) -> Written:
    """Create a record."""
    return _write(tx, resource, Draft(read_body(resource, body), by_service=by_service), FREE)


def replace(
    tx: Transaction,
    resource: Resource,
    record_id: uuid.UUID,
    body: object,
    condition: Precondition,
) -> Written:
    """Replace a record by a body."""
    stored = _touched(tx, resource, stored_by_id(tx, resource, record_id), body)
    condition.demand(stored)
    return _write(tx, resource, Draft(read_body(resource, body), stored), condition)


def amend(
    tx: Transaction,
    resource: Resource,
    record_id: uuid.UUID,
    patch: object,
    condition: Precondition,
    *,
    is_form: bool = False,
) -> Written:
    """Apply a merge patch (RFC 7396) to a record.

    With `is_form`, the patch also has the fields that its sender saw and left as they were.
    """
    stored = _touched(tx, resource, stored_by_id(tx, resource, record_id), patch, patch=True)
    condition.demand(stored)
    if not isinstance(patch, dict):
        raise Invalid(Finding(WRONG_TYPE, pointer="", values={"expected": KINDS["object"]}))
    current = speech.body_of(tx, resource, record_id)
    silent = resource.remembers.keys() - patch.keys()
    changed = {name: value for name, value in current.items() if name not in silent}
    body = read_body(resource, merged(changed, patch, resource.write))
    draft = Draft(body, stored)
    _refuse(place(tx, resource, [draft]))
    follow(resource, [draft], given=() if is_form else patch)
    return _write(tx, resource, draft, condition, is_placed=True)


def put_by_key(
    tx: Transaction,
    resource: Resource,
    pair: tuple[str, str],
    sent: object,
    condition: Precondition,
    municipality_id: uuid.UUID | None = None,
) -> Written:
    """Create or replace the record with this source key."""
    if isinstance(sent, dict):
        sent = dict(zip(("source", "source_key"), pair, strict=True)) | sent
    _refuse_other_source(tx, pair)
    body = read_body(resource, sent)
    if (body.source, body.source_key) != pair:
        raise Invalid(Finding(KEY_DIFFERS, pointer="/source_key"))
    draft = Draft(body)
    findings = place(tx, resource, [draft])
    home = draft.municipality_id if resource.name != "municipalities" else None
    found = by_key(tx, resource, pair, home or municipality_id)
    if not found:
        _refuse(findings)
        try:
            return _write(tx, resource, draft, condition, is_placed=True)
        except AlreadyExists:
            # Another transaction has created it since the look-up: change that record.
            found = by_key(tx, resource, pair, draft.municipality_id)
            if not found:
                raise
    _touched(tx, resource, heirs.as_known(found, pair), sent)
    # The heir of a merged record keeps its own source key.
    own = {name: found.columns[name] for name in ("source", "source_key")}
    return _write(tx, resource, Draft(body.model_copy(update=own), found), condition)


def by_key(
    tx: Transaction,
    resource: Resource,
    pair: tuple[str, str],
    municipality_id: uuid.UUID | None = None,
) -> Stored | None:
    """The stored record with this source key, or the heir of a merged one; None if there is none.

    Raises:
        AmbiguousKey: several municipalities have one.

    """
    if found := _by_own_key(tx, resource, pair, municipality_id):
        return found
    homes = [municipality_id] if municipality_id else every_municipality(tx)
    ids = heirs.of_pair(tx, resource, pair, homes)
    return _only(load_by(tx, resource, id=ids)) if ids else None


def _by_own_key(
    tx: Transaction,
    resource: Resource,
    pair: tuple[str, str],
    municipality_id: uuid.UUID | None,
) -> Stored | None:
    source, key = [pair[0]], [pair[1]]
    # Listing all municipalities keeps the index in use, as it begins with the municipality.
    homes = [municipality_id] if municipality_id else every_municipality(tx)
    records = load_by(tx, resource, municipality_id=homes, source=source, source_key=key)
    if resource.is_shareable and not municipality_id:
        columns = resource.table.c
        is_pair = (columns.source == pair[0]) & (columns.source_key == pair[1])
        records += load(tx, resource, columns.municipality_id.is_(None) & is_pair)
    return _only(records)


def _only(records: Sequence[Stored]) -> Stored | None:
    if len(records) > 1:
        raise AmbiguousKey
    return records[0] if records else None


def delete(
    tx: Transaction,
    resource: Resource,
    record_id: uuid.UUID,
    condition: Precondition,
) -> None:
    """Delete a record that nothing refers to.

    Raises:
        NotFound, Forbidden, PreconditionRequired, Stale, Referenced, Conflict.

    """
    stored = _touched(tx, resource, stored_by_id(tx, resource, record_id))
    condition.demand(stored)
    _remove(tx, resource, stored, condition)


def delete_by_key(
    tx: Transaction,
    resource: Resource,
    pair: tuple[str, str],
    condition: Precondition,
    municipality_id: uuid.UUID | None = None,
) -> None:
    """Delete the record with this source key; a merged one is deleted already, its heir stays.

    Raises:
        AmbiguousKey, and as `delete`.

    """
    _refuse_other_source(tx, pair)
    stored = _touched(tx, resource, _by_own_key(tx, resource, pair, municipality_id))
    _remove(tx, resource, stored, condition)


def _remove(tx: Transaction, resource: Resource, stored: Stored, condition: Precondition) -> None:
    condition.hold(stored)
    flow = resource.workflow
    if flow and stored.columns[flow.field] not in flow.deletable:
        before = stored.columns[flow.field]
        values = {"before": before, "after": ""}
        raise Conflict(Finding(flow.illegal, pointer=f"/{flow.field}", values=values))
    if entries := referrers(tx, resource, stored.id):
        listed = [
            {"collection": name, "count": count, "ids": [str(key) for key in ids]}
            for name, count, ids in entries
            if count
        ]
        if not listed:
            raise ConflictElsewhere(Finding(CONFLICT_ELSEWHERE, pointer=""))
        raise Referenced(members={"referrers": listed})
    keeping.remove(tx, resource, stored)


def stored_by_id(tx: Transaction, resource: Resource, record_id: uuid.UUID) -> Stored | None:
    """The stored record with this id; None if there is none."""
    records = load_by(tx, resource, id=[record_id])
    return records[0] if records else None


def _touched(
    tx: Transaction,
    resource: Resource,
    stored: Stored | None,
    sent: object = None,
    *,
    patch: bool = False,
) -> Stored:
    """A record that the caller may change as a body says.

    Raises:
        NotFound: it is not in their view.
        Forbidden: they may only read it, or not change these fields.

    """
    if stored is None:
        raise NotFound
    if not tx.caller.may_touch(resource, stored.columns):
        raise Forbidden
    if isinstance(sent, dict):
        # A PUT clears the fields that it leaves out, except those fixed at creation.
        left_out = () if patch else {*resource.spoken} - {*PAIR}
        moved = dict.fromkeys(left_out) | sent
        current = partial(speech.body_of, tx, resource, stored.id)
        if fields := [*tx.caller.overreach(resource, current, moved)]:
            raise Forbidden(*(Finding(NOT_YOURS, pointer=f"/{name}") for name in fields))
    return stored


def _refuse_other_source(tx: Transaction, pair: tuple[str, str]) -> None:
    """Refuse another source's key: a `sync` key may not even find out whether it exists."""
    if tx.caller.source not in {None, pair[0]}:
        raise Forbidden


def _write(
    tx: Transaction,
    resource: Resource,
    draft: Draft,
    condition: Precondition,
    *,
    is_placed: bool = False,
) -> Written:
    """Check a draft and write it."""
    if not is_placed:
        _refuse(place(tx, resource, [draft]))
    verdict = checking.check(tx, resource, [draft])
    _refuse(verdict.faults)
    condition.hold(draft.stored)
    if verdict.illegal:
        raise IllegalTransition(*verdict.illegal)
    if verdict.taken:
        finding, holder = verdict.taken[0]
        if holder is None:
            raise ConflictElsewhere(finding)
        raise AlreadyExists(finding, members={"existing": f"/api/v1/{resource.path}/{holder}"})
    keeping.keep(tx, resource, [draft])
    text = speech.text_of(tx, resource, draft.id)
    return Written(draft.id, draft.version, text, draft.stored is None, verdict.warnings)


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise Invalid(*findings)
