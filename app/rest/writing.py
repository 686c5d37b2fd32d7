"""Writing over HTTP: the answer is made inside the transaction, sent after it, and given once.

A write may bear an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): repeated with the
same key it has no second effect, and is answered as it was.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.problems import Invalid, StillRunning
from app.rest.deps import service_of
from app.rest.docs import IDEMPOTENCY, KEY_FORM
from app.rest.gate import caller_of
from app.store import answers
from app.store.answers import Answer, Attempt

BAD_KEY = fault(
    "bad_idempotency_key",
    "Нужно от 16 до 128 латинских букв, цифр и знаков _ - (например UUID), и только одно значение.",
    "16 to 128 of A-Z, a-z, 0-9, _ and - are expected (such as a UUID), and one value only.",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a write, and the record that it shows."""

    response: Response
    collection: str | None = None
    record_id: uuid.UUID | None = None
    is_shown_once: bool = False
    """Whether what it tells must not be kept."""


async def write(request: Request, work: Callable[[Transaction], Reply]) -> Response:
    """Run a writing transaction on the bounded pool of threads; it is committed on return.

    Raises:
        StillRunning: this very request is being carried out.

    """
    attempt = _attempt(request)
    if attempt is None:
        return await _run(request, lambda tx: work(tx).response)
    running = service_of(request).running
    if attempt.request in running:
        raise StillRunning
    running.add(attempt.request)
    try:
        return await _run(request, lambda tx: _once(tx, attempt, work))
    finally:
        running.remove(attempt.request)


async def _run(request: Request, work: Callable[[Transaction], Response]) -> Response:
    service, caller = service_of(request), caller_of(request)
    return await to_thread.run_sync(service.database.write, work, caller, limiter=service.writers)


def _once(tx: Transaction, attempt: Attempt, work: Callable[[Transaction], Reply]) -> Response:
    if kept := answers.find(tx, attempt):
        headers = {**json.loads(kept.headers), "Idempotency-Replayed": "true"}
        return Response((kept.body or "").encode(), kept.status, headers)
    reply = work(tx)
    # A list that was refused leaves its report, and may be sent again when it is mended.
    if reply.response.status_code < HTTPStatus.BAD_REQUEST:
        answers.keep(tx, attempt, _kept(reply))
    return reply.response


def _kept(reply: Reply) -> Answer:
    response = reply.response
    named = {name: value for name, value in response.headers.items() if name != "content-length"}
    body = None if reply.is_shown_once else bytes(response.body).decode()
    return Answer(response.status_code, json.dumps(named), body, reply.collection, reply.record_id)


def _attempt(request: Request) -> Attempt | None:
    """What tells a repeated request from another one, if its sender named it.

    Raises:
        Invalid: the key is not of the agreed form.

    """
    said = request.headers.getlist(IDEMPOTENCY)
    if not said:
        return None
    if len(said) > 1 or not re.fullmatch(KEY_FORM, said[0]):
        raise Invalid(Finding(BAD_KEY, header=IDEMPOTENCY))
    scope, key_id = request.scope, caller_of(request).actor.key_id
    names = "\n".join((str(key_id), scope["method"], scope["path"], said[0]))
    # Without a key whoever holds the database could guess at what was sent, name by name.
    secret = service_of(request).database.secret
    payload = hmac.new(secret, scope["query_string"] + b"\n", "sha256")
    payload.update(scope.get("payload", b""))
    return Attempt(hashlib.sha256(names.encode()).hexdigest(), payload.hexdigest())
