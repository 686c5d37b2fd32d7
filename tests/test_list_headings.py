"""Headings of lists: what 0.2 printed is still printed, or at least still read."""

from collections.abc import Mapping

import pytest

from app.intake.columns import key_of, known
from app.model.headings import ID, titles
from app.model.leaves import leaves, title_of
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import RESOURCE

PRINTED: Mapping[str, Mapping[str, str]] = {
    "municipalities": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "oktmo": "Код ОКТМО",
        "name": "Название",
        "region_name": "Субъект Российской Федерации",
    },
    "organizations": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "municipality_id": "Муниципалитет",
        "kind": "Вид организации",
        "full_name": "Полное наименование",
        "short_name": "Краткое наименование",
        "name_tt": "Наименование на татарском языке",
        "inn": "ИНН",
        "kpp": "КПП",
        "ogrn": "ОГРН",
        "parent_id": "Юридическое лицо",
        "address": "Почтовый адрес",
        "phone": "Телефон",
        "email": "Электронная почта",
        "opened_on": "Открыта",
        "closed_on": "Закрыта",
        "successor_id": "Правопреемник",
    },
    "organization_aliases": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "organization_id": "Организация",
        "alias": "Написание",
    },
    "legal_acts": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "municipality_id": "Муниципалитет",
        "issuer_id": "Кто издал",
        "issuer_name": "Кто издал, если организации нет в реестре",
        "kind": "Вид документа",
        "number": "Номер",
        "act_date": "Дата документа",
        "title": "Заголовок",
        "purpose": "Преамбула",
        "signed_by": "Кто подписал",
        "url": "Ссылка на текст",
        "clauses": "Пункты документа",
    },
    "programs": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "municipality_id": "Муниципалитет",
        "title": "Название",
        "start_date": "Первый день",
        "end_date": "Последний день",
        "goal": "Цель",
        "goal_due": "К какому дню достигается цель",
        "approved_by_id": "Каким документом утверждена",
        "appendix_no": "Номер приложения",
        "legal_basis": "Правовое основание",
        "leader_rule": "Как учитываются школы-лидеры",
        "preschools_in_population": "Учитывать дошкольные организации",
        "forms": "Формы взаимодействия",
        "modes": "Режимы взаимодействия",
        "officers": "Координаторы и контролирующие",
        "tasks": "Задачи",
        "directives": "Поручения и рекомендации",
        "provisions": "Что предусмотрено",
        "targets": "Целевые значения показателей",
        "expected_results": "Ожидаемые результаты",
    },
    "designations": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "organization_id": "Организация",
        "category": "Категория",
        "valid_from": "Первый день",
        "valid_to": "Последний день",
        "act_id": "Документ-основание",
        "grounds": "Обоснование",
        "exit_reason": "Причина выхода",
    },
    "partnerships": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "program_id": "Программа",
        "model": "Модель взаимодействия",
        "title": "Название",
        "basis": "Основание",
        "act_id": "Документ-основание",
        "act_clause": "Пункт документа",
        "agreement_no": "Номер соглашения или договора",
        "agreement_date": "Дата соглашения или договора",
        "support_program": "Адресная программа поддержки",
        "term_text": "Срок",
        "term_kind": "Вид срока",
        "status": "Состояние",
        "start_date": "Первый день",
        "end_date": "Последний день",
        "forms": "Формы взаимодействия",
        "modes": "Режимы взаимодействия",
        "members": "Участники",
        "suspensions": "Приостановки",
    },
    "activities": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "program_id": "Программа",
        "plan_no": "Номер в плане",
        "position": "Место в плане",
        "title": "Мероприятие",
        "direction": "Направление",
        "term_text": "Срок",
        "inherits_from_id": "Строка плана",
        "expected_result": "Результат",
        "term": "Срок; если не указан, определяется по term_text",
        "parties": "Ответственные и участники",
    },
    "events": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "activity_id": "Мероприятие плана",
        "partnership_id": "Партнёрство",
        "kind": "Вид события",
        "occurrence": "Который раз по плану",
        "title": "Название",
        "host_id": "Где проводится",
        "form": "Форма взаимодействия",
        "modes": "Режимы взаимодействия",
        "window_start": "Первый день",
        "window_end": "Последний день",
        "status": "Состояние",
        "completed_on": "День",
        "result": "Результат",
        "evidence_url": "Ссылка на подтверждение",
        "learner_count": "Число участвовавших обучающихся",
    },
    "teachers": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "municipality_id": "Муниципалитет",
        "last_name": "Фамилия",
        "first_name": "Имя",
        "patronymic": "Отчество",
        "snils": "СНИЛС",
        "former_names": "Прежние имена",
    },
    "employments": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "teacher_id": "Педагог",
        "organization_id": "Место работы",
        "position": "Должность",
        "position_group": "Группа должностей",
        "is_main_job": "Основное место работы",
        "valid_from": "Первый день",
        "valid_to": "Последний день",
    },
    "headcounts": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "organization_id": "Организация",
        "observed_on": "На какой день",
        "teachers": "Число педагогов",
        "note": "Примечание",
    },
    "participations": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "teacher_id": "Педагог",
        "event_id": "Событие",
        "organization_id": "От какой организации участвовал",
        "role": "Роль",
        "status": "Состояние",
        "mode": "Режим участия",
        "participated_on": "День участия",
        "hours": "Часы",
    },
    "measures": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "municipality_id": "Муниципалитет",
        "code": "Код показателя",
        "title": "Название",
        "unit": "Единица измерения",
        "value_kind": "Вид значения",
    },
    "monitoring_records": {
        "id": "Номер записи",
        "source": "Внешняя система",
        "source_key": "Ключ записи во внешней системе",
        "program_id": "Программа",
        "measure_id": "Показатель",
        "organization_id": "Об организации",
        "partnership_id": "О партнёрстве",
        "activity_id": "О мероприятии плана",
        "period_start": "Первый день периода",
        "period_end": "Последний день периода",
        "observed_on": "День наблюдения",
        "value_number": "Значение числового показателя",
        "value_text": "Значение текстового показателя",
        "baseline_number": "Исходное значение",
        "target_number": "Целевое значение",
        "state": "Состояние",
        "reason": "Причина возврата или правки принятого",
        "evidence_url": "Ссылка на подтверждение",
        "note": "Примечание",
    },
}
"""The headings of every list before they stood in the declarations, by kind and field."""

RENAMED = {
    ("activities", "inherits_from_id"): "Объединена со строкой плана",
    ("activities", "term"): "Точный срок",
    ("events", "completed_on"): "День проведения",
}
"""Those that were a sentence cut in the wrong place, with what is printed now."""


@pytest.mark.parametrize("name", PRINTED)
def test_a_list_keeps_its_headings(name: str) -> None:
    told = {"id": ID.title, **titles(RESOURCE[name])}
    kept = {field: RENAMED.get((name, field), title) for field, title in PRINTED[name].items()}
    assert {field: told.get(field) for field in kept} == kept


@pytest.mark.parametrize("name", PRINTED)
def test_an_earlier_heading_is_still_read(name: str) -> None:
    read = known(RESOURCE[name])
    was = {
        field: read[key_of(title)].name.removesuffix(".*") for field, title in PRINTED[name].items()
    }
    # «Педагог» is a column of names where lists tell people.
    assert was == {field: "person" if field == "teacher_id" else field for field in PRINTED[name]}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_no_two_columns_of_a_list_are_compared_alike(resource: Resource) -> None:
    compared = [key_of(title_of(resource, leaf)) for leaf in leaves(resource)]
    assert sorted(compared) == sorted(set(compared))
    assert all(compared)
