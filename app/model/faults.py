"""Faults of any record: of its form, its references and its keys."""

from typing import Never

from pydantic_core import PydanticCustomError

from app.findings import Fault, Words, fault
from app.words import grouped

MISSING = fault(
    "missing", "Обязательное поле не заполнено. Заполните его.", "A required field is missing."
)
UNKNOWN_FIELD = fault(
    "unknown_field",
    "Такого поля нет. Проверьте написание по описанию в /docs.",
    "There is no such field; see /docs.",
)
READ_ONLY = fault(
    "read_only",
    "Это поле ведёт сам сервис. Уберите его из запроса.",
    "The service keeps this field itself. Leave it out.",
)
WRONG_TYPE = fault(
    "wrong_type",
    "Здесь нужно другое: {expected}. Исправьте значение.",
    "The value is of the wrong type: {expected} is expected.",
)
_OBJECT = Words("объект", "an object")
KINDS = {
    "string": Words("строка", "a string"),
    "list": Words("список", "a list"),
    "bool": Words("true или false", "true or false"),
    "int": Words("целое число", "an integer"),
    "model": _OBJECT,
    "object": _OBJECT,
}
"""The names of pydantic's types, for WRONG_TYPE."""
OTHER_KIND = Words("другое значение", "another value")
NOT_A_DAY = fault(
    "not_a_day",
    "Нужна существующая дата в виде ГГГГ-ММ-ДД (строкой).",
    "A real date as a string YYYY-MM-DD is expected.",
)
NOT_AN_INSTANT = fault(
    "not_an_instant",
    "Нужно время со смещением, например 2020-10-15T09:00:00+03:00.",
    "A time with its offset is expected, such as 2020-10-15T09:00:00+03:00.",
)
NOT_AN_ID = fault(
    "not_an_id",
    "Нужен идентификатор записи целиком (UUID): 36 знаков, как в выгрузке.",
    "An id (UUID) is expected.",
)
NOT_A_CHOICE = fault(
    "not_a_choice",
    "Такого значения нет в списке. Допустимо: {allowed}.",
    "The value is not on the list. Allowed: {allowed}.",
)
NOT_A_KEY = fault(
    "not_a_key",
    "Допустимы латинские буквы, цифры и знаки . _ ~ - (от 1 до 128), но не «.» и «..».",
    "Letters A-Z, digits and . _ ~ - are allowed (1 to 128), but not . and ..",
)
NOT_A_DECIMAL = fault(
    "not_a_decimal",
    "Нужно число: не больше 12 цифр, из них после запятой не больше {places}. Напишите, например, "
    '57,5. В JSON это строка: "57.5".',
    "A number is expected: 12 digits, {places} places at most. In JSON it is a string, such as "
    '"57.5".',
)
NOT_A_LINK = fault(
    "not_a_link",
    "Нужна ссылка, которая начинается с http:// или https://.",
    "A link that begins with http:// or https:// is expected.",
)
OUT_OF_RANGE = fault(
    "out_of_range",
    "Число должно быть {limit}. Исправьте его.",
    "The number is out of range: {limit}.",
)
BLANK = fault(
    "blank",
    "Значение пустое: в нём нет ни одного видимого знака. Впишите его или очистите (null).",
    "The text is empty. Leave the field out or send null if there is no value.",
)
TOO_LONG = fault(
    "too_long",
    "Слишком длинно: здесь помещается не больше {limit}. Сократите.",
    "Too long: at most {limit} are allowed.",
)
UNREADABLE = fault(
    "unreadable",
    "В тексте есть управляющие или повреждённые символы. Наберите его заново.",
    "The text has control characters or broken ones. Type it again.",
)
HALF_A_PAIR = fault(
    "half_a_pair",
    "Внешняя система (source) и ключ записи в ней (source_key) указываются только вместе. "
    "Заполните оба или уберите оба.",
    "source and source_key come together or not at all.",
)
IMMUTABLE = fault(
    "immutable",
    "Это поле не меняется после создания записи. Верните прежнее значение или заведите новую "
    "запись.",
    "This field does not change once the record exists.",
)
KEY_DIFFERS = fault(
    "key_differs",
    "Пара source и source_key в теле не та, что в адресе.",
    "The pair in the body is not the one in the address.",
)
UNKNOWN_REFERENCE = fault(
    "unknown-reference",
    "Записи с таким идентификатором нет. Проверьте его или выберите другую запись.",
    "There is no record with this id.",
)
OTHER_MUNICIPALITY = fault(
    "other-municipality",
    "Запись, на которую ссылается поле, относится к другому муниципалитету. Выберите запись "
    "своего.",
    "The referenced record belongs to another municipality.",
)
ENDS_BEFORE_START = fault(
    "ends_before_start",
    "Дата окончания раньше даты начала. Исправьте одну из них.",
    "The end lies before the start.",
)
EMPTY_PART = fault(
    "empty_part",
    "В этой строке списка ничего не указано. Заполните её или уберите.",
    "This item of the list says nothing. Fill it in or leave it out.",
)
KEY_TAKEN = fault(
    "key_taken",
    "Это значение уже занято другой записью. Исправьте его или измените ту запись.",
    "Another record has this value.",
)
TWICE_IN_BATCH = fault(
    "twice_in_batch",
    "Такая запись уже есть в этом же списке. Оставьте одну.",
    "The list has this record twice.",
)
MIXED_SCRIPT = fault(
    "mixed_script",
    "В слове смешаны латинские и русские буквы. Проверьте раскладку.",
    "A word mixes Latin and Cyrillic letters. Check the keyboard layout.",
)


def characters(limit: object) -> Words:
    """The length of a text."""
    return Words(f"{limit} знаков", f"{limit} characters")


def items(limit: object) -> Words:
    """The length of a list."""
    return Words(f"{limit} строк", f"{limit} items")


def between(low: int, high: int) -> Words:
    """The bounds of a number, both inclusive."""
    return Words(f"от {grouped(low).ru} до {grouped(high).ru}", f"{low}…{high}")


def refuse(fault: Fault, **values: object) -> Never:
    """Refuse a value while it is validated."""
    raise PydanticCustomError(fault.code, fault.words.en, values)


CONFLICT_ELSEWHERE = fault(
    "conflict-elsewhere",
    "Этому мешает запись, которая вам не видна. Обратитесь к координатору района.",
    "A record outside your view prevents this. Ask the district's coordinator.",
)
OUTSIDE_SCOPE = fault(
    "outside_scope",
    "Это значение вне области вашего ключа. Выберите другое.",
    "This value is outside the scope of your key.",
)
NOT_YOURS = fault(
    "not_yours",
    "Это поле ваш ключ менять не может. Обратитесь к координатору района.",
    "Your key may not change this field.",
)
