"""Findings: a code has one declaration, and its texts are what a reader of the answer gets."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.findings import FAULTS, fault
from app.main import create_app
from app.settings import Settings
from tests.scene import RESOURCE, is_russian, problem

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
