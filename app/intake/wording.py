"""Wording: which field of a record a heading stands for, told by its words.

Secretaries write «ФИО слушателя», «ОУ (краткое)», «Дата проведения (дд.мм.гггг)»: a word says who,
where, when or what, others only qualify it. A heading with a word that is neither is not known:
«ФИО директора» is somebody else. One with two such words is asked about.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from app.intake.columns import IGNORED, PERSON, key_of, known
from app.model.headings import Heading, Kind
from app.model.resource import Resource
from app.model.text import fold

_WHO = "who"
_WHERE = "where"
_WHEN = "when"

_HEADS: Mapping[str, str] = {
    _WHO: "фио слушатель участник педагог работник сотрудник учитель преподаватель воспитатель",
    _WHERE: "оу оо доу сош школа организация учреждение гимназия лицей",
    _WHEN: "дата когда день",
    "position": "должность",
    "snils": "снилс",
    "hours": "часы часов",
    "attendance": "присутствие отметка явка посещение",
    "mode": "форма формат",
    "activity": "мероприятие тема",
}
"""The words that say what stands in a column, by what they say."""

_CLASS_OF = {word: said for said, words in _HEADS.items() for word in words.split()}

_OF_ANYTHING = (
    "полностью полное полный полная полных указать указывается no п п-п наименование название "
    "краткое краткая сокращенное официальное юридическое по в на и с уставу согласно соответствии "
    "слушателя слушателей участника участников педагога педагогов педагогического педагогических "
    "работника работников сотрудника сотрудников учителя учителей преподавателя преподавателей "
    "воспитателя воспитателей"
)
"""Words that only qualify, whatever a column holds."""

_PARTS = "фио фамилия имя отчество при наличии"
_OF: Mapping[str, frozenset[str]] = {
    said: frozenset(words.split())
    for said, words in {
        _WHO: "фамилия имя отчество педагогический",
        _WHERE: "место работы образовательная образовательное образовательной образовательного "
        "общеобразовательная общеобразовательное общеобразовательной общеобразовательного "
        "организации учреждения школы оу оо",
        _WHEN: "проведения участия мероприятия события семинара вебинара занятия курса курсов "
        "посещения время дд мм гг гггг год",
        "position": "занимаемая",
        "hours": "количество кол-во число академических",
        "attendance": "о об участии присутствии посещении участия",
        "mode": "участия проведения",
        "activity": "номер плана плану",
        **dict.fromkeys(("last_name", "first_name", "patronymic"), _PARTS),
    }.items()
}
"""Words that qualify one kind of column."""

_NAMES = {"фамилия": "last_name", "имя": "first_name", "отчество": "patronymic"}
_OWNERS = frozenset(["организации", "учреждения", "школы"])
"""«Наименование организации»: where nothing else says what the name is of."""

_MOST = 2
"""Kinds of columns that one heading may speak of."""

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Headings:
    """The headings that a list of one kind may have."""

    def __init__(self, resource: Resource, named: Mapping[str, str] | None = None) -> None:
        """Name the kind, and fields by headings that the uploader explains."""
        self.resource = resource
        self._exact = known(resource)
        by_name = {each.name: each for each in self.listed}
        self._named = {
            key_of(title): by_name[name] if name else IGNORED
            for title, name in (named or {}).items()
        }

    @cached_property
    def listed(self) -> list[Heading]:
        """Every column that is read, each once."""
        return list({each.name: each for each in self._exact.values() if each.name}.values())

    def knows(self, title: str) -> bool:
        """Whether a text is a heading, be it one that has to be asked about."""
        return self.meanings(title) is not None

    def meanings(self, title: str) -> tuple[Heading, ...] | None:
        """What a heading may stand for: nothing that is read, or one field, or several; or None."""
        key = key_of(title)
        if found := self._named.get(key) or self._exact.get(key):
            return () if found is IGNORED else (found,)
        return tuple(self._by_words(title)) or None

    def _by_words(self, title: str) -> Iterator[Heading]:
        words = _words(title)
        said = dict.fromkeys(_CLASS_OF[word] for word in words if word in _CLASS_OF)
        if not said and "фамилия" in words and len(_NAMES.keys() & words) > 1:
            said = {_WHO: None}
        if said.keys() <= {_WHO} and (part := _part_of_name(words)):
            said = {part: None}
        if not said and _OWNERS & set(words) and {"наименование", "название"} & set(words):
            said = {_WHERE: None}
        if not said and words[:2] == ["место", "работы"]:
            said = {_WHERE: None}
        allowed = set(_OF_ANYTHING.split()).union(
            _CLASS_OF, *(_OF[each] for each in said if each in _OF)
        )
        # A line that was cut at the wrong sign names three columns and more.
        if 0 < len(said) <= _MOST and set(words) <= allowed:
            for each in said:
                yield from self._fields(each, set(words))

    def _fields(self, said: str, words: set[str]) -> list[Heading]:
        if said == _WHO:
            return [each for each in self.listed if each.name == PERSON.name]
        if said == _WHEN:
            return [each for each in self.listed if each.kind == Kind.DAY]
        if said == _WHERE:
            return self._places(words)
        return [each for each in self.listed if each.name == said]

    def _places(self, words: set[str]) -> list[Heading]:
        if self.resource.name != "organizations":
            return [each for each in self.listed if each.target == "organizations"]
        names = {"full_name", "short_name"}
        if words & {"полное", "полностью", "официальное", "юридическое"}:
            names = {"full_name"}
        elif words & {"краткое", "сокращенное"}:
            names = {"short_name"}
        return [each for each in self.listed if each.name in names]


def _part_of_name(words: Sequence[str]) -> str | None:
    """The part that a heading names alone, or below a heading of the whole («ФИО / Имя»)."""
    named = Counter(word for word in words if word in _NAMES)
    told = [word for word, times in named.items() if len(named) == 1 or times > 1]
    return _NAMES[told[0]] if len(told) == 1 else None


def _words(title: str) -> list[str]:
    # «Ф.И.О.» and «Ф И О» are one word.
    text = re.sub(r"\bф\W{0,3}и\W{0,3}о\b", "фио", fold(title))
    return _WORD.findall(text)
