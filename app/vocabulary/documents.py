"""Documents: what the vocabulary answers; OpenAPI follows from these types (decision 16)."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.codes import IndicatorUnit
from app.registry.program_parts import IndicatorCode
from app.rest.answers import answers


class Text(TypedDict):
    """Текст на двух языках."""

    ru: Annotated[str, Field(description="По-русски")]
    en: Annotated[str, Field(description="По-английски")]


class CodeMeaning(Text):
    """Код и что он значит; в фигурных скобках — то, что подставляется."""

    code: Annotated[str, Field(description="Постоянный код")]


class VocabularyField(TypedDict):
    """Поле записи."""

    name: Annotated[str, Field(description="Имя в API; поле части или объекта — через точку")]
    heading: Annotated[str, Field(description="Заголовок столбца в списках")]
    description: Annotated[str, Field(description="Что это")]
    cells: Annotated[str, Field(description="Что в ячейках столбца")]
    is_required: Annotated[bool, Field(description="Обязательно ли оно в теле записи")]
    is_personal: Annotated[bool, Field(description="Называет ли оно человека")]
    enumeration: Annotated[str | None, Field(description="Перечисление, из которого значения")]
    refers_to: Annotated[str | None, Field(description="Коллекция, на запись которой ссылается")]


class VocabularyCollection(TypedDict):
    """Коллекция записей одного вида."""

    name: Annotated[str, Field(description="Имя, как в ленте изменений и журнале")]
    path: Annotated[str, Field(description="Адрес под /api/v1")]
    title: Annotated[Text, Field(description="Название")]
    description: Annotated[str, Field(description="Что такое одна запись")]
    fields: Annotated[list[VocabularyField], Field(description="Поля в порядке тела записи")]


class VocabularyEnumeration(TypedDict):
    """Закрытый список значений."""

    name: Annotated[str, Field(description="Имя схемы в OpenAPI")]
    values: Annotated[list[CodeMeaning], Field(description="Значения по порядку")]


class VocabularyIndicator(TypedDict):
    """Показатель: что это и как он считается."""

    code: Annotated[IndicatorCode, Field(description="Постоянный код")]
    title: Annotated[Text, Field(description="Название")]
    definition: Annotated[Text, Field(description="Что он говорит, одним предложением")]
    unit: Annotated[IndicatorUnit, Field(description="Единица")]
    formula: Annotated[Text, Field(description="Числитель / знаменатель словами или что считают")]
    clause: Annotated[Text, Field(description="Место в приказе или программе")]


class VocabularyProblem(TypedDict):
    """Вид отказа."""

    type: Annotated[str, Field(description="Адрес страницы о нём, как в ответе")]
    status: Annotated[int, Field(description="Код состояния HTTP")]
    title: Annotated[Text, Field(description="Вид отказа одной фразой")]
    detail: Annotated[Text, Field(description="Что случилось и что делать")]


class Vocabulary(TypedDict):
    """Слова API: коллекции, поля, перечисления, показатели, причины и ошибки."""

    collections: Annotated[list[VocabularyCollection], Field(description="Виды записей")]
    enumerations: Annotated[list[VocabularyEnumeration], Field(description="Закрытые списки")]
    indicators: Annotated[list[VocabularyIndicator], Field(description="Показатели")]
    reasons: Annotated[
        list[CodeMeaning], Field(description="Почему что-то засчитано показателем или нет")
    ]
    causes: Annotated[list[CodeMeaning], Field(description="Отчего что-то стало считаться иначе")]
    errors: Annotated[
        list[CodeMeaning], Field(description="Ошибки и предупреждения: `code` в `errors`")
    ]
    problems: Annotated[list[VocabularyProblem], Field(description="Виды отказов: `type`")]


SCHEMAS = answers(Vocabulary)
"""The answer, for OpenAPI."""
