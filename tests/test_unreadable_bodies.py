"""Unreadable bodies: whoever sends what is no JSON is told the line and the column of it."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.described import document
from tests.scene import NOBODY, ROOT, problem

pytestmark = pytest.mark.shared_out

BODIES: dict[str, tuple[bytes, str, int, int]] = {
    "a bracket of another kind": ('{"название": "Школа",\n "б": ]}'.encode(), "not_json", 2, 7),
    "a text that does not end": ('{"a": 1,\r\n"b": "я'.encode(), "not_json", 2, 6),
    "a text that is cut": ('{"привет": 1,\n'.encode(), "not_json", 2, 1),
    "nothing": (b"", "not_json", 1, 1),
    "a BOM": ("\ufeff[}".encode(), "not_json", 1, 2),
    "no UTF-8 behind a BOM": ('\ufeff["я'.encode() + b'\xff"]', "not_json", 1, 4),
    "letters beyond 16 bits": ('{"a": "🦔🦔", b}'.encode(), "not_json", 1, 13),
    "no UTF-8": ('{"а": 1,\n "б": "'.encode() + b'\xff"}', "not_json", 2, 8),
    "a half of a letter": ('["я", "'.encode() + "я".encode()[:1], "not_json", 1, 8),
    "NaN": (b'{"a": "NaN", "\\"": "-Infinity",\n"b": [1, NaN]}', "not_json", 2, 10),
    "minus infinity": (b"[-1,\n-2, -Infinity]", "not_json", 2, 5),
    "a number without end": (b"[0,\n " + b"9" * 5000 + b"]", "not_json", 2, 2),
    "places without end": (b'{"a":\n1, "b": -0.' + b"9" * 5000 + b"}", "not_json", 2, 9),
    "depth without end": (b"[\n" + b"[" * 100_000, "not_json", 2, 100_000),
    "a repeated field": (
        '{"я": {"б": 1},\n "б": [{"я": 1, "\\u044f": 2}]}'.encode(),
        "duplicate_name",
        2,
        17,
    ),
    "a field repeated outside": (
        b'{"a": 1, "b": {"a": ":"},\n"a": 2, "a": 3}',
        "duplicate_name",
        2,
        1,
    ),
}
MERGE_OR_JSON = ("application/json", "application/merge-patch+json")


def writing() -> Iterator[tuple[str, str, str]]:
    """Each operation that reads JSON: its method, an address and its media type."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            for kind in operation.get("requestBody", {}).get("content", {}):
                if kind in MERGE_OR_JSON:
                    yield method.upper(), re.sub(r"\{\w+\}", NOBODY, path), kind


@pytest.mark.long
@pytest.mark.one_database
def test_each_door_names_line_and_column(client: TestClient) -> None:
    """Nothing is looked up before the body is read, so the records need not exist."""
    content, code, *_ = BODIES["a bracket of another kind"]
    doors = list(writing())
    assert {method for method, *_ in doors} == {"POST", "PUT", "PATCH"}
    for method, path, kind in doors:
        headers = {"Content-Type": kind, "If-Match": "*"}
        answer = client.request(method, ROOT + path, content=content, headers=headers)
        (finding,) = problem(answer, 400, code)["errors"]
        assert "строка 2, столбец 7" in finding["detail"], path


@pytest.mark.long
@pytest.mark.one_database
def test_each_door_asks_for_json_that_is_not_compressed(client: TestClient) -> None:
    for method, path, kind in writing():
        headers = {"Content-Type": kind, "If-Match": "*", "Content-Encoding": "gzip"}
        for language, said in (("ru", "без сжатия"), ("en", "uncompressed")):
            headers["Accept-Language"] = language
            answer = client.request(
                method, ROOT + path, content=gzip.compress(b"{}"), headers=headers
            )
            told = problem(answer, 415)
            assert told["type"].endswith("compressed-body")
            assert said in told["detail"], path
            assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.one_database
def test_an_encoding_that_changes_nothing_is_read(client: TestClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "Identity"}
    problem(client.post("/programs", content=b"{}", headers=headers), 422, "missing")


@pytest.mark.one_database
def test_a_byte_order_mark_is_passed_over(client: TestClient) -> None:
    """RFC 8259, section 8.1, lets a reader do so; lists are read so too."""
    headers = {"Content-Type": "application/json"}
    problem(client.post("/programs", content="\ufeff{}".encode(), headers=headers), 422, "missing")


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("text", ["{}", '{"title": "Школа"}', "\ufeff[1]", "7"])
@pytest.mark.one_database
def test_a_wide_encoding_is_named_with_its_cure(
    client: TestClient, text: str, encoding: str
) -> None:
    headers = {"Content-Type": "application/json"}
    for language, said in (("ru", "Сохраните его в UTF-8"), ("en", "Save it as UTF-8")):
        headers["Accept-Language"] = language
        answer = client.post("/programs", content=text.encode(encoding), headers=headers)
        (finding,) = problem(answer, 400, "not_utf_8")["errors"]
        assert said in finding["detail"]
        assert "UTF-16" in finding["detail"]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.one_database
def test_the_place_is_where_reading_stops(client: TestClient, name: str) -> None:
    content, code, line, column = BODIES[name]
    for language, said in (
        ("ru", f"строка {line}, столбец {column}."),
        ("en", f"line {line}, column {column}."),
    ):
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        answer = client.post("/programs", content=content, headers=headers)
        (finding,) = problem(answer, 400, code)["errors"]
        assert said in finding["detail"]
        assert finding["pointer"] == ""


@pytest.mark.one_database
def test_what_can_be_read_is_not_looked_through(client: TestClient) -> None:
    """Brackets, numbers and constants inside of texts are texts."""
    body: Any = '{"title": "{[\\"NaN\\"]}: -Infinity ' + "9" * 401 + '"}'
    answer = client.post("/programs", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 422, "missing")
