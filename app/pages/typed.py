"""Typed: what a form sent, as texts by the names of its fields."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from app.access.keyring import Session
from app.findings import Finding, Words, fault
from app.problems import BadRequest, Forbidden, Invalid, UnsupportedMediaType
from app.rest.bodies import LIMIT, read_bytes
from app.store.precondition import VERSION, Precondition

KIND = "application/x-www-form-urlencoded"
FIELDS = 5_000
"""Fields of a form at most."""

_ONCE = re.compile("[A-Za-z0-9_-]{16,128}")

OLD_FORM = fault(
    "old_form",
    "Форма открыта в прежнем входе. Проверьте введённое и отправьте ещё раз.",
    "The form was opened in another session. Check what you entered and send it again.",
)


class ForeignForm(Forbidden):
    """A form of another site sent the request."""

    detail = Words(
        "Запрос пришёл не со страницы этого сервиса. Откройте страницу заново.",
        "The request came from a page of another site. Open the page again.",
    )


@dataclass(frozen=True)
class Typed:
    """The fields of a form; a name can occur several times."""

    fields: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...] = field(default=())
    """The names in the order of the form."""

    def text(self, name: str) -> str:
        """The text of a field, trimmed; empty if the form does not have it."""
        return (self.fields.get(name) or ("",))[-1].strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field that can be chosen several times."""
        return tuple(text for text in self.fields.get(name, ()) if text)

    def pressed(self, prefix: str) -> str | None:
        """What stands behind a prefix in the name of the button that sent the form."""
        return next(
            (name.removeprefix(prefix) for name in self.names if name.startswith(prefix)), None
        )

    def with_fields(self, changed: Mapping[str, tuple[str, ...]]) -> "Typed":
        """The same form with other values of some fields."""
        return replace(self, fields={**self.fields, **changed})

    @property
    def once(self) -> str:
        """The idempotency key of the form."""
        return self.text("once")

    @property
    def condition(self) -> Precondition:
        """The version of the record that the form showed."""
        version = self.text("version").strip('"')
        versions = {int(version)} if re.fullmatch(VERSION, version) else set()
        return Precondition(versions=frozenset(versions), given=True)

    @property
    def was(self) -> dict[str, object]:
        """The values of the record that the form showed when it was opened."""
        try:
            shown = json.loads(self.text("was") or "{}")
        except ValueError:
            return {}
        return shown if isinstance(shown, dict) else {}

    def kept(self) -> Iterator[tuple[str, str]]:
        """Every field and value, but for the token."""
        for name in self.names:
            if name != "csrf":
                yield from ((name, text) for text in self.fields[name] or ("",))


def token_of(secret: bytes, id_hash: str) -> str:
    """The token that every form of a session carries."""
    return hmac.new(secret, b"form\n" + id_hash.encode(), hashlib.sha256).hexdigest()


def fresh_once() -> str:
    """An idempotency key for a form that is shown."""
    return secrets.token_urlsafe(18)


async def read_form(request: Request) -> Typed:
    """The fields that a request sent.

    Raises:
        UnsupportedMediaType, TooLarge, BadRequest.

    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != KIND:
        raise UnsupportedMediaType(allowed=KIND)
    body = await read_bytes(request, LIMIT)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS
        )
    except (ValueError, UnicodeError) as error:
        raise BadRequest from error
    return typed_of(request, pairs)


def typed_of(request: Request, pairs: Iterable[tuple[str, str]], file: bytes = b"") -> Typed:
    """The fields of a form as they were sent; `file` is the digest of a file that came along."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        fields[name] = (*fields.get(name, ()), text)
    fields = _chosen(fields)
    typed = Typed(fields, tuple(fields))
    # `app.rest.writing` compares it with a form that is sent again, perhaps after a new sign-in.
    request.scope["payload"] = urlencode([*typed.kept()]).encode() + file
    return typed


def _chosen(fields: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The fields with the values that were chosen on the page of a conflict.

    It sends both values of a field, `now.…` and `yours.…`, and which of them `choose.…` names.
    """
    both = ("choose.", "now.", "yours.")
    chosen = {name: texts for name, texts in fields.items() if not name.startswith(both)}
    for name, (side, *_) in fields.items():
        field_name = name.removeprefix("choose.")
        if field_name != name and side in {"now", "yours"}:
            chosen[field_name] = ()
            for sent, texts in fields.items():
                inner = sent.removeprefix(f"{side}.")
                if inner != sent and (inner == field_name or inner.startswith(f"{field_name}.")):
                    chosen[inner] = texts
    return chosen


def demand_own_origin(request: Request) -> None:
    """Refuse a form that a page of another site sent (RFC 6454).

    Raises:
        ForeignForm.

    """
    origin = urlsplit(request.headers.get("origin", ""))
    if origin.scheme not in {"http", "https"} or origin.netloc != request.headers.get("host"):
        raise ForeignForm


def demand_token(secret: bytes, session: Session, typed: Typed) -> None:
    """Refuse a form that was not made for this session.

    Raises:
        Invalid: the token is missing or another session's.

    """
    token = token_of(secret, session.id_hash)
    is_ours = hmac.compare_digest(typed.text("csrf").encode(), token.encode())
    if not is_ours or not _ONCE.fullmatch(typed.once):
        raise Invalid(Finding(OLD_FORM, pointer=""))
