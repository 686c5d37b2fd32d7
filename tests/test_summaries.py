"""Texts of the OpenAPI document: each action is a sentence, and every description is Russian."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.model.resource import Resource
from app.registry import RESOURCES
from tests.described import document

DOCUMENT = document()
SUMMARIES: dict[str, str] = {
    said["operationId"]: said["summary"]
    for methods in DOCUMENT["paths"].values()
    for said in methods.values()
}


@pytest.mark.parametrize(
    ("operation", "summary"),
    [
        ("list_programs", "Список программ"),
        ("create_organization", "Добавить организацию"),
        ("update_event", "Изменить событие"),
        ("get_organization_alias", "Показать другое название организации"),
        (
            "replace_partnership_by_key",
            "Добавить или изменить партнёрство по ключу внешней системы",
        ),
        ("import_teachers", "Загрузить список педагогов"),
        ("get_headcounts_template", "Шаблон списка записей о численности педагогов"),
        ("list_keys", "Список ключей"),
    ],
)
def test_an_action_and_its_object_are_one_sentence(operation: str, summary: str) -> None:
    assert SUMMARIES[operation] == summary


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_kind_is_declined(resource: Resource) -> None:
    assert SUMMARIES[f"list_{resource.name}"] == f"Список {resource.titles.many}"
    assert resource.titles.one in " ".join(SUMMARIES.values())


def test_no_summary_is_a_label_with_a_colon_after_its_verb() -> None:
    labels = r"(Список|Создать|Прочитать|Заменить|Изменить|Удалить|Загрузить|Шаблон)[^:]*: "
    assert [each for each in SUMMARIES.values() if re.match(labels, each)] == []


def test_no_two_operations_have_one_summary() -> None:
    assert [each for each, times in Counter(SUMMARIES.values()).items() if times > 1] == []


def described(schema: Any) -> Iterator[str]:
    """Every description in a part of the document."""
    if isinstance(schema, dict):
        about = schema.get("description")
        yield from [about] if isinstance(about, str) else ()
        for below in schema.values():
            yield from described(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from described(below)


def test_every_description_is_russian() -> None:
    english = [text for text in described(DOCUMENT) if not re.search("[а-яё]", text, re.IGNORECASE)]
    assert [text for text in english if re.search(r"[a-z]{3,} [a-z]{2,} ", text)] == []
