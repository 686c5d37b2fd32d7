"""Writing over HTTP: the answer is made inside the transaction and sent after the commit.

A write may have an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a repetition with
the same key has no second effect and gets the first answer.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from app.access import keys
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.problems import Invalid, StillRunning
from app.rest.deps import service_of
from app.rest.docs import IDEMPOTENCY, KEY_FORM
from app.rest.gate import caller_of
from app.rest.turns import threaded
from app.store import answers
from app.store.answers import Answer, Attempt

BAD_KEY = fault(
    "bad_idempotency_key",
    "Нужно от 16 до 128 латинских букв, цифр и знаков _ - (например UUID), и только одно значение.",
    "Exactly one value of 16 to 128 of A-Z, a-z, 0-9, _ and - is expected (such as a UUID).",
)

REPLAYED = "Idempotency-Replayed"
"""The header that tells a stored answer from a first one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a write, and the record that it shows."""

    response: Response
    collection: str | None = None
    record_id: uuid.UUID | None = None
    """Without a collection it is an upload."""
    is_shown_once: bool = False
    """Whether the body holds a secret and must not be stored."""


async def write(
    request: Request, work: Callable[[Transaction], Reply], once: str | None = None
) -> Response:
    """Run a writing transaction in a thread of the bounded pool; it is committed on return.

    `once` is the idempotency key of a form, which has no headers.

    Raises:
        StillRunning: a request with the same key is still running.

    """
    said = request.headers.getlist(IDEMPOTENCY) if once is None else [once]
    key_id = caller_of(request).actor.key_id
    attempt = _attempt(request, said, key_id)
    if attempt is None:
        return await _run(request, lambda tx: work(tx).response)
    running = service_of(request).running
    if attempt.request in running:
        raise StillRunning
    running.add(attempt.request)
    try:
        return await _run(
            request, lambda tx: _once(tx, _of_chain(tx, request, said, attempt), work)
        )
    finally:
        running.remove(attempt.request)


def _of_chain(tx: Transaction, request: Request, said: Sequence[str], own: Attempt) -> Attempt:
    """The attempt under the first key of a chain: it may be repeated with a key's successor."""
    key_id = caller_of(request).actor.key_id
    first = keys.first_of(tx, key_id) if key_id else None
    return own if first == key_id else _attempt(request, said, first) or own


async def _run(request: Request, work: Callable[[Transaction], Response]) -> Response:
    service, caller = service_of(request), caller_of(request)
    return await threaded(service.writers, service.database.write, work, caller)


def _once(tx: Transaction, attempt: Attempt, work: Callable[[Transaction], Reply]) -> Response:
    if kept := answers.find(tx, attempt):
        headers = {**json.loads(kept.headers), REPLAYED: "true"}
        return Response((kept.body or "").encode(), kept.status, headers)
    reply = work(tx)
    # A refused list is not stored as an answer: corrected, it may be sent with the same key.
    if reply.response.status_code < HTTPStatus.BAD_REQUEST:
        answers.keep(tx, attempt, _kept(reply))
    return reply.response


def _kept(reply: Reply) -> Answer:
    response = reply.response
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    body = None if reply.is_shown_once else bytes(response.body).decode()
    return Answer(
        response.status_code, json.dumps(headers), body, reply.collection, reply.record_id
    )


def _attempt(request: Request, values: Sequence[str], key_id: uuid.UUID | None) -> Attempt | None:
    """The identity of an idempotent request of a key; None without an Idempotency-Key.

    Raises:
        Invalid: the key is malformed.

    """
    if not values:
        return None
    if len(values) > 1 or not re.fullmatch(KEY_FORM, values[0]):
        raise Invalid(Finding(BAD_KEY, header=IDEMPOTENCY))
    scope = request.scope
    names = "\n".join((str(key_id), scope["method"], scope["path"], values[0]))
    # A keyed hash: otherwise a reader of the database could guess the body by trial.
    secret = service_of(request).database.secret
    payload = hmac.new(secret, scope["query_string"] + b"\n", "sha256")
    payload.update(scope.get("payload", b""))
    return Attempt(hashlib.sha256(names.encode()).hexdigest(), payload.hexdigest())
