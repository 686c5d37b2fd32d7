"""Preconditions: If-Match and If-None-Match (RFC 9110, 13.1)."""

import re

from starlette.requests import Request

from app.findings import Finding, fault
from app.problems import BadRequest
from app.store.precondition import RECORD_TAG, VERSION, Precondition

_TAG = re.compile(r'(W/)?"([^"\x00-\x20\x7f]*)"')
_VERSION = re.compile(VERSION)
_RECORD_TAG = re.compile(RECORD_TAG)
_TAGS = re.compile(rf"\s*{_TAG.pattern}(\s*,\s*{_TAG.pattern})*\s*")

BAD_TAG = fault(
    "bad_etag",
    'Пришлите ETag записи, например "3" или 3, либо * для любой версии.',
    'Send the ETag of the record, such as "3" or 3, or * for any version.',
)
ONLY_ANY = fault(
    "only_any",
    "При записи If-None-Match бывает только *: создать, если такой записи ещё нет.",
    "In a write If-None-Match can only be *: create the record unless it exists.",
)


def of_change(request: Request) -> Precondition:
    """The precondition that If-Match and If-None-Match set for a change.

    A single version may stand without the quotes of RFC 9110, as people copy it.

    Raises:
        BadRequest: one of them is malformed.

    """
    match, none_match = (request.headers.get(name) for name in ("if-match", "if-none-match"))
    if none_match is not None and none_match.strip() != "*":
        raise BadRequest(Finding(ONLY_ANY, header="If-None-Match"))
    create_only = none_match is not None
    if match is None:
        return Precondition(create_only=create_only)
    if match.strip() == "*":
        return Precondition(any=True, given=True, create_only=create_only)
    if _VERSION.fullmatch(match.strip()):
        match = f'"{match.strip()}"'
    if not _TAGS.fullmatch(match):
        raise BadRequest(Finding(BAD_TAG, header="If-Match"))
    # A weak tag never matches strongly: the header counts as given but names no version.
    tags = [tag for weak, tag in _TAG.findall(match) if not weak and _RECORD_TAG.fullmatch(tag)]
    versions = {int(tag.partition("-")[0]) for tag in tags}
    return Precondition(versions=frozenset(versions), given=True, create_only=create_only)


def is_current(request: Request, etag: str) -> bool:
    """Whether If-None-Match names this ETag, so that 304 is the answer."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    return header.strip() == "*" or any(f'"{tag}"' == etag for _, tag in _TAG.findall(header))
