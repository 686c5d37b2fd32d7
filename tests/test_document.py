"""The document: OpenAPI is served compressed, with an ETag, and made once."""

import gzip
import json
from pathlib import Path

import pytest

from app.main import create_app
from app.rest.document import Document
from app.settings import Settings
from tests.scene import ROOT, Service

ADDRESS = f"{ROOT}/openapi.json"
pytestmark = pytest.mark.one_database


def asked(service: Service, encoding: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """The answer as it travels: the client would unpack it."""
    sent = {"Accept-Encoding": encoding, **{n.replace("_", "-"): v for n, v in headers.items()}}
    with service.client.stream("GET", ADDRESS, headers=sent) as answer:
        return answer.status_code, b"".join(answer.iter_raw()), dict(answer.headers)


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
    one, two = Document("{}"), Document("{}")
    assert [form.etag for form in one.forms] == [form.etag for form in two.forms]
    assert Document("[]").forms[0].etag != one.forms[0].etag


def test_it_is_neither_made_nor_packed_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(service, "gzip")
    monkeypatch.setattr("app.rest.document.gzip.compress", lambda *_, **__: pytest.fail("again"))
    monkeypatch.setattr("app.main.openapi", lambda _: pytest.fail("again"))
    assert asked(service, "gzip")[0] == 200


def test_nothing_of_it_is_made_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.main.openapi", lambda _: pytest.fail("at the start"))
    create_app(Settings(data=tmp_path))
