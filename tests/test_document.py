"""The document and the page of Swagger UI: served compressed, with an ETag, and made once."""

import gzip
import json
import re
from pathlib import Path

import pytest

from app.main import create_app
from app.rest.document import Document
from app.settings import Settings
from tests.scene import ROOT, Service

ADDRESS = f"{ROOT}/openapi.json"
pytestmark = pytest.mark.one_database


def asked(
    service: Service, encoding: str, address: str = ADDRESS, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """The answer as it travels: the client would unpack it."""
    sent = {"Accept-Encoding": encoding, **{n.replace("_", "-"): v for n, v in headers.items()}}
    with service.client.stream("GET", address, headers=sent) as answer:
        return answer.status_code, b"".join(answer.iter_raw()), dict(answer.headers)


@pytest.fixture
def files(service: Service) -> list[str]:
    """The addresses of the files that the page of Swagger UI loads."""
    page = service.client.get(f"{ROOT}/docs").text
    found = re.findall(r'(?:src|href)="(/docs/[^"]+)"', page)
    assert len(found) == 4
    return [ROOT + address for address in found]


@pytest.mark.long
@pytest.mark.parametrize("encoding", ["gzip", "gzip, deflate, br", "*", "br;q=1, GZIP;q=0.5"])
def test_it_is_packed_for_whoever_unpacks(service: Service, encoding: str) -> None:
    _, plain, _ = asked(service, "identity")
    status, packed, headers = asked(service, encoding)
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(packed) == plain
    assert len(packed) * 10 < len(plain)
    assert int(headers["content-length"]) == len(packed)
    assert headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "encoding", ["", "identity", "gzip;q=0", "br", "*;q=0", "gzip;q=0.1, identity;q=0.9"]
)
def test_it_is_plain_for_whoever_does_not(service: Service, encoding: str) -> None:
    status, plain, headers = asked(service, encoding)
    assert (status, "content-encoding" in headers) == (200, False)
    assert headers["content-type"] == "application/json"
    assert headers["vary"] == "Accept-Encoding"
    assert json.loads(plain)["openapi"].startswith("3.1")


@pytest.mark.long
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_what_is_known_is_not_sent_again(service: Service, encoding: str) -> None:
    _, _, headers = asked(service, encoding)
    known = headers["etag"]
    assert known.startswith('"')
    status, body, again = asked(service, encoding, If_None_Match=known)
    assert (status, body, again["etag"], again["vary"]) == (304, b"", known, "Accept-Encoding")
    other = "identity" if encoding == "gzip" else "gzip"
    assert asked(service, other, If_None_Match=known)[0] == 200, "another form has another ETag"


def test_head_says_what_get_would(service: Service) -> None:
    for encoding in ("gzip", "identity"):
        _, body, headers = asked(service, encoding)
        head = service.client.head(ADDRESS, headers={"Accept-Encoding": encoding})
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-length", "content-type", "vary"):
            assert head.headers[name] == headers[name]
        assert int(headers["content-length"]) == len(body)


def test_each_process_has_the_same_etag() -> None:
    """A service has several: whoever asks one and then another is answered 304."""
    one, two = Document(b"{}"), Document(b"{}")
    assert [form.etag for form in one.forms] == [form.etag for form in two.forms]
    assert Document(b"[]").forms[0].etag != one.forms[0].etag


def test_it_is_neither_made_nor_packed_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(service, "gzip")
    monkeypatch.setattr("app.rest.document.gzip.compress", lambda *_, **__: pytest.fail("again"))
    monkeypatch.setattr("app.description.openapi", lambda _: pytest.fail("again"))
    assert asked(service, "gzip")[0] == 200


def test_nothing_of_it_is_made_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.description.openapi", lambda _: pytest.fail("at the start"))
    create_app(Settings(data=tmp_path))


def test_the_files_of_the_page_travel_packed(service: Service, files: list[str]) -> None:
    for address in files:
        status, plain, head = asked(service, "identity", address)
        assert (status, "content-encoding" in head) == (200, False)
        status, packed, head = asked(service, "gzip, deflate, br", address)
        assert (status, head["content-encoding"], head["vary"]) == (200, "gzip", "Accept-Encoding")
        assert gzip.decompress(packed) == plain
        assert len(packed) * 1.5 < len(plain)
        assert head["content-type"].startswith(("text/css", "text/javascript"))


def test_the_files_of_the_page_are_asked_for_once_a_release(
    service: Service, files: list[str]
) -> None:
    """Their addresses name what they contain, so a browser need never ask again."""
    for address in files:
        _, _, head = asked(service, "gzip", address)
        assert head["cache-control"] == "public, max-age=31536000, immutable"
        known = asked(service, "gzip", address, If_None_Match=head["etag"])
        assert (known[0], known[1]) == (304, b"")


def test_what_an_address_does_not_name_is_asked_for_again(
    service: Service, files: list[str]
) -> None:
    """A page of the former release must not keep a file of this one under its own address."""
    for address in files:
        bare = address.partition("?")[0]
        for other in (bare, f"{bare}?v=", f"{bare}?v=0123456789abcdef"):
            status, _, head = asked(service, "gzip", other)
            assert (status, head["cache-control"]) == (200, "no-cache")


def test_the_page_itself_is_asked_for_each_time(service: Service) -> None:
    status, _, head = asked(service, "gzip", f"{ROOT}/docs")
    assert (status, head["cache-control"]) == (200, "no-cache")
    assert head["content-type"] == "text/html; charset=utf-8"
    assert asked(service, "gzip", f"{ROOT}/docs", If_None_Match=head["etag"])[0] == 304


def test_no_file_of_the_page_is_packed_twice(
    service: Service, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [asked(service, "gzip", address)[1] for address in files]
    monkeypatch.setattr("app.rest.document.gzip.compress", lambda *_, **__: pytest.fail("again"))
    assert [asked(service, "gzip", address)[1] for address in files] == before
