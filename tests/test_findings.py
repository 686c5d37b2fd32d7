"""Findings: a code has one declaration, and its texts are what a reader of the answer gets."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.findings import FAULTS, Fault, fault, plain
from app.main import create_app
from app.model.headings import headings
from app.settings import Settings
from tests.scene import RESOURCE, Scene, body_of, is_russian, problem
from tests.test_import_collections import send, sheet
from tests.test_imports import report

pytestmark = pytest.mark.shared_out

APP = Path(__file__).parents[1] / "app"


def declared() -> Iterator[str]:
    """The code of every `fault(…)` in the source, by reading and not by importing it."""
    for file in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "fault":
                yield ast.literal_eval(node.args[0])


def test_a_code_is_declared_once() -> None:
    fault("busy", "Занято.", "Busy.")
    try:
        with pytest.raises(ValueError, match="'busy' is declared already"):
            fault("busy", "Занято другим.", "Busy with something else.")
        assert FAULTS["busy"].words.en == "Busy."
    finally:
        del FAULTS["busy"]


@pytest.mark.long
def test_every_code_of_the_service_is_declared_once() -> None:
    create_app(Settings())
    codes = Counter(declared())
    assert {code for code, times in codes.items() if times > 1} == set()
    assert codes.keys() >= FAULTS.keys()


@pytest.mark.parametrize("collection", RESOURCE)
def test_a_wrong_type_is_named_in_the_language_of_the_answer(
    client: TestClient, collection: str
) -> None:
    resource, told = RESOURCE[collection], {}
    for language in ("ru", "en"):
        found = []
        for value in (1.5, [1], {"no": 1}):
            answer = client.post(
                f"/{resource.path}",
                json=dict.fromkeys(resource.write.model_fields, value),
                headers={"Accept-Language": language},
            )
            errors = problem(answer, 422)["errors"]
            found += [each["detail"] for each in errors if each["code"] == "wrong_type"]
        assert found
        told[language] = " ".join(found).replace("true", "").replace("false", "")
    assert not re.search("[a-z]", told["ru"].lower())
    assert not is_russian(told["en"])


API_ONLY = {"key_differs", "unknown_field", "not_columns", "no_such_heading", "headings_read"}
"""Findings about a request as a whole, or about the parameter `columns`."""


def of_rows_and_fields() -> Iterator[Fault]:
    """Every fault that a row of a list or a field of a form can get."""
    for file in APP.rglob("*.py"):
        if file.relative_to(APP).parts[0] not in {"registry", "intake", "model", "store"}:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "fault":
                code = ast.literal_eval(node.args[0])
                yield from [FAULTS[code]] if code not in API_ONLY else []


def api_names() -> set[str]:
    """Names of fields, and codes of closed lists, as bodies have them."""
    named = {"null", "true", "false"}
    for resource in RESOURCE.values():
        for heading in headings(resource):
            named |= {*heading.name.split("."), *heading.choices}
    return named


def test_people_who_fill_in_lists_and_forms_read_no_names_of_the_api() -> None:
    create_app(Settings())
    names = api_names()
    told = {fault.code: plain(fault.words.ru) for fault in of_rows_and_fields()}
    for code, text in told.items():
        words = set(re.findall(r"[a-z_]+", re.sub(r"\{[^{}]*\}|\(\w+=[^)]*\)", "", text)))
        assert not words & names, (code, text)
        assert not re.search("[<>]=", text), (code, text)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("нет", "Нужно число: не больше 12 цифр, из них после запятой не больше 2. Напишите"),
        ("-1", "Число должно быть от 0 до 1 000 000. Исправьте его."),
        ("0,125", "Нужно число: не больше 12 цифр, из них после запятой не больше 2. Напишите"),
    ],
)
def test_a_row_says_what_to_write_in_the_column(desk: Scene, cell: str, told: str) -> None:
    kind = RESOURCE["resource_balances"]
    rows = sheet(kind, body_of(kind, desk) | {"needed": cell})
    answer = send(desk, kind, rows, mode="dry_run")
    (error,) = report(answer, 200)["rows"][0]["errors"]
    assert f"{error['detail']} {error['hint']}".replace("\N{NO-BREAK SPACE}", " ").startswith(told)
    assert "JSON" not in error["hint"]


def test_who_has_no_excel_is_told_what_else_opens_a_file() -> None:
    create_app(Settings())
    sent = [
        fault.words.ru
        for fault in FAULTS.values()
        if re.search("Откройте .* в Excel", fault.words.ru)
    ]
    assert sent
    assert [text for text in sent if "LibreOffice" not in text] == []
