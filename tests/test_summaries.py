"""Summaries: every operation is named as people name an action, each in its own words."""

import re
from collections import Counter

import pytest

from app.main import create_app, openapi
from app.model.resource import Resource
from app.registry import RESOURCES
from app.settings import Settings

SUMMARIES: dict[str, str] = {
    said["operationId"]: said["summary"]
    for methods in openapi(create_app(Settings()))["paths"].values()
    for said in methods.values()
}


@pytest.mark.parametrize(
    ("operation", "summary"),
    [
        ("list_programs", "Список программ"),
        ("create_organization", "Добавить организацию"),
        ("update_event", "Изменить событие"),
        ("get_organization_alias", "Показать другое название организации"),
        ("replace_partnership_by_key", "Добавить или изменить партнёрство по ключу другой системы"),
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
