"""Quoting: what a message may quote of a list, as any cell may contain a person's name.

A text is quoted only if each of its words occurs in names of organizations, rows of plans or
headings; anything else is referred to by its row and column.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from app.model.headings import BESIDE, ID, titles
from app.model.text import Unreadable, clean_line, fold
from app.registry import RESOURCES

LONGEST = 100
"""Characters quoted at most."""
MOST = 30
"""Columns that a message lists at most."""


def quoting(values: Mapping[str, object]) -> Mapping[str, object]:
    """The values of a message; its `cell` is quoted only if that is harmless.

    Texts of faults contain `{cell}`, which becomes ` «…»` with a leading space, or nothing.
    """
    return {**values, "cell": quoted(str(values["cell"]))} if "cell" in values else values


def quoted(text: str) -> str:
    """A text in quotation marks, or nothing if it may not be quoted."""
    return f" «{text[:LONGEST]}»" if reads_harmless(text) else ""


def listed(titles: Sequence[str], places: Iterable[int]) -> str:
    """Columns by their letters, with those headings that may be quoted."""
    columns = [f"{column_name(at)}{quoted(titles[at])}" for at in places if titles[at]]
    return ", ".join(columns[:MOST]) + (" …" if len(columns) > MOST else "") or "—"


def column_name(index: int) -> str:
    """The letters that a spreadsheet program shows above a column: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


@lru_cache(10_000)
def reads_harmless(text: str) -> bool:
    """Whether a text looks like an organization, a row of a plan or a heading, and not a person."""
    try:
        line = clean_line(text[: 2 * LONGEST])
    except Unreadable:
        return False
    readings = (_is_plan_number, _is_organization, _is_occasion, _is_heading)
    if not line or sum(map(str.isdigit, line)) > _DIGITS:
        return False
    return any(reads(line) for reads in readings)


_DIGITS = 4
"""More digits than this may be a person's number."""


def _is_plan_number(line: str) -> bool:
    """«11», «3.2» or «п. 5»: too short for a person's number."""
    return bool(re.fullmatch(r"(?:п\. ?|№ ?)?[0-9]{1,4}(?:\.[0-9]{1,3}){0,3}\.?", line))


# Endings of nouns and adjectives, without «ин», «ова», «ева», which form surnames.
_NOUN = "(?:а|у|ом|е|ы|и|я|ю|ем|й|ь|ей|ам|ям|ов|ах|ях|ой|ия|ии|ию|ие|ий)?"
_ADJECTIVE = "(?:ый|ий|ая|яя|ое|ее|ые|ие|ого|его|ой|ей|ым|им|ых|их|ую|ому)"


def _words_of(nouns: str, adjectives: str, as_they_are: str) -> re.Pattern[str]:
    """A pattern of words with these stems, and of words without endings."""
    patterns = (
        f"(?:{'|'.join(nouns.split())}){_NOUN}",
        f"(?:{'|'.join(adjectives.split())}){_ADJECTIVE}",
        "|".join(as_they_are.split()),
    )
    return re.compile("|".join(patterns))


_KIND = _words_of(
    "школ лице гимнази прогимнази интернат сад детсад учреждени организаци институт университет "
    "колледж техникум училищ академи филиал центр дворц управлени отдел комитет библиотек музе "
    "клуб школа-интернат",
    "детск",
    "дворец дом дома ясли сош оош нош мсош доу мдоу мбдоу мадоу ду дс дюсш дши дхш дмш цдт ддт цдо "
    "рдк сдк уо роо гороо рцо исполком мбоу маоу мкоу моу мобу гбоу гаоу гоу гапоу гбпоу мбу мау "
    "мку мбудо маудо фгбоу фгаоу ано чоу ноу оу оо",
)
_OF_A_KIND = _words_of(
    "образовани творчеств культур ребенк вид республик татарстан росси район город предмет "
    "изучени присмотр уход",
    "муниципальн государственн областн краев республиканск районн городск сельск бюджетн автономн "
    "казенн частн общеобразовательн образовательн дошкольн профессиональн дополнительн средн "
    "основн начальн полн вечерн спортивн музыкальн художественн юношеск детско-юношеск внешкольн "
    "коррекционн кадетск ресурсн базов опорн комбинированн общеразвивающ углубленн отдельн общ "
    "татарск русск",
    "no дети детей детям для при с со и в на рт",
)
_NUMBERED = re.compile(r"[0-9]{1,4}(?:-?[а-я])?")
_PLACE = re.compile(r"[а-я-]+(?:ск|цк)(?:ая|ий|ой|ое|ие|ого|ом|их)")
"""«Берёзовская», «Кряш-Сердинская», «Пестречинского»: derived from a place, or a surname."""
_PLACES = 2
"""Words derived from places in one name at most: «Пестречинская … Шалинского района»."""
_IN_HONOUR = re.compile(r"\b(?:им\.?|имени) [^,;()]{1,60}$")
_AT_A_PLACE = re.compile(
    r"\b(?:с|п|д|г|пос|пгт|ст|дер|село|поселок|деревня|город|станица)(?:\. ?| )[а-я][а-я-]+"
    r"(?=$|[ ,)])"
)
_PATRONYMIC = re.compile(r"[а-я-]{2,}(?:вн|чн|шн)[аыуой]{1,2}|[а-я-]{2,}вич[аеу]?|оглы|кызы|улы")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def _is_organization(line: str) -> bool:
    """«МБОУ «Берёзовская СОШ»», «СОШ им. Тукая», «Школа № 99»."""
    key = fold(line)
    if any(map(_PATRONYMIC.fullmatch, _WORD.findall(key))):
        return False
    words = _WORD.findall(_IN_HONOUR.sub(" ", _AT_A_PLACE.sub(" ", key)))
    if not any(map(_KIND.fullmatch, words)):
        return False
    patterns = (_KIND, _OF_A_KIND, _NUMBERED)
    others = [word for word in words if not any(pattern.fullmatch(word) for pattern in patterns)]
    return len(others) <= _PLACES and all(map(_PLACE.fullmatch, others))


_OCCASION = _words_of(
    "семинар вебинар практикум тренинг конференци стол мастер-класс урок заняти курс совещани "
    "заседани конкурс олимпиад фестивал чтени лекци консультаци стажировк форум педсовет выставк "
    "акци экскурси диагностик мониторинг анкетировани мероприяти событи определени разработк "
    "создани организаци проведени подготовк анализ заключени утверждени реализаци",
    "кругл открыт методическ",
    "мастер класс",
)


def _is_occasion(line: str) -> bool:
    """«Семинары по математике»: a kind of event, followed by words without capitals."""
    words = _WORD.findall(line)
    return (
        bool(words)
        and bool(_OCCASION.fullmatch(fold(words[0])))
        and all(word.islower() or _OCCASION.fullmatch(fold(word)) for word in words[1:])
    )


_HEADING = _words_of(
    "фамили имен отчеств слушател участник педагог работник сотрудник учител преподавател "
    "воспитател ребенк ученик родител руководител директор мест работ адрес телефон почт дат врем "
    "срок год месяц рождени проведени участи мероприяти событи заняти наименовани названи "
    "присутстви отметк посещени явк подпис роспис форм формат режим тем номер код план час "
    "количеств должност предмет класс групп стаж категори квалификаци примечани комментари балл "
    "оценк результат значени показател единиц измерени рол статус состояни вид тип источник ключ "
    "возраст район пункт город сел школ организаци учреждени образовани ссылк документ приказ "
    "ошибк подсказк итог столбец колонк лист список таблиц",
    "педагогическ образовательн электронн кратк сокращенн юридическ полн занимаем преподаваем "
    "квалификационн населенн общ учебн обучающ учащ",
    "no п-п п ф и о фио имя день дня дни когда где кто полностью дд мм гг гггг в по на от для об "
    "из не кол-во колич дети детей снилс инн огрн кпп октмо пол всего оу оо доу сош id url email "
    "person activity attendance",
)
_FIELD = re.compile(r"[a-z]+(?:_[a-z0-9]+)+|[0-9]{1,4}")
"""Fields of other systems too; a word of Latin letters only may be a name."""


@cache
def _ours() -> frozenset[str]:
    """The service's own names of columns."""
    columns = {ID.name: ID.title}
    listed = (pair for resource in RESOURCES for pair in (columns | dict(titles(resource))).items())
    names = {name for pair in listed for name in pair}
    return frozenset(fold(name) for each in names for name in (each, f"{each}{BESIDE}"))


def _is_heading(line: str) -> bool:
    """«Занимаемая должность», «Класс», «organization_id»."""
    if fold(line) in _ours():
        return True
    words = re.findall(r"[a-z0-9_]+|[^\W_]+(?:-[^\W_]+)*", fold(line))
    return bool(words) and all(_HEADING.fullmatch(word) or _FIELD.fullmatch(word) for word in words)
