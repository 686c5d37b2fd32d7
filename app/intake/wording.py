"""Wording: recognizes the field of a heading by its words.

Lists say «ФИО слушателя», «ОУ (краткое)», «Дата проведения (дд.мм.гггг)»: one word says who, where,
when or what, and others qualify it. A heading with any other word is not recognized, as «ФИО
директора» is another person. A heading with two deciding words is ambiguous.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from app.intake.columns import IGNORED, PERSON, key_of, known
from app.model.headings import Heading, Kind
from app.model.resource import Resource
from app.model.text import fold
from app.registry.events import events

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
"""The deciding words, by what they decide."""

_HEADS_OF_FIELDS: Mapping[str, str] = {
    "needed": "требуется потребность необходимо",
    "available": "имеется наличие наличии",
    "offered": "предлагается",
    "amount": "сумма",
    "winners": "победителей победители",
    "prize_winners": "призеров призеры",
    "time": "время",
    "weekday": "день",
    "listed": "списку",
    "requested": "заявлений заявления",
    "enrolled": "зачислено",
}
"""The deciding words of fields that few kinds have; in lists of other kinds they decide nothing."""

_CLASS_OF = {word: said for said, words in _HEADS.items() for word in words.split()}
_FIELD_OF = {word: said for said, words in _HEADS_OF_FIELDS.items() for word in words.split()}

_OF_ANYTHING = (
    "полностью полное полный полная полных указать указывается no п п-п наименование название "
    "краткое краткая сокращенное официальное юридическое по в на и с уставу согласно соответствии "
    "слушателя слушателей участника участников педагога педагогов педагогического педагогических "
    "работника работников сотрудника сотрудников учителя учителей преподавателя преподавателей "
    "воспитателя воспитателей"
)
"""Words that qualify any column."""

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
        "amount": "руб рублей рублях рубли итого",
        "time": "занятия занятий урока уроков проведения",
        "weekday": "недели",
        "listed": "количество кол-во число обучающихся учащихся учеников класса классе",
        **dict.fromkeys(("needed", "available", "offered"), "сети сеть всего ед чел шт единиц"),
        **dict.fromkeys(("winners", "prize_winners"), "количество кол-во число чел человек"),
        **dict.fromkeys(("last_name", "first_name", "patronymic"), _PARTS),
    }.items()
}
"""Words that qualify one kind of column."""

_NAMES = {"фамилия": "last_name", "имя": "first_name", "отчество": "patronymic"}
_OWNERS = frozenset(["организации", "учреждения", "школы"])
"""«Наименование организации»: used if nothing else says what the name is of."""

_MOST = 2
"""Kinds of columns that one heading may combine, at most."""

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Headings:
    """Recognizes the headings of lists of one kind."""

    def __init__(self, resource: Resource, named: Mapping[str, str] | None = None) -> None:
        """Take the kind, and the uploader's explanations of headings."""
        self.resource = resource
        self._exact = known(resource)
        by_name = {heading.name: heading for heading in self.listed}
        own = {word: name for word, name in _FIELD_OF.items() if name in by_name}
        self._class_of = _CLASS_OF | own
        self._named = {
            key_of(title): by_name[name] if name else IGNORED
            for title, name in (named or {}).items()
        }

    @cached_property
    def listed(self) -> list[Heading]:
        """Every column that can be read, once."""
        return list(
            {heading.name: heading for heading in self._exact.values() if heading.name}.values()
        )

    @cached_property
    def _outer(self) -> list[Heading]:
        """The columns that one word can name; those of parts are named in full."""
        return [heading for heading in self.listed if not heading.is_inner]

    def knows(self, title: str) -> bool:
        """Whether a text is a heading, even an ambiguous one."""
        return self.meanings(title) is not None

    def meanings(self, title: str) -> tuple[Heading, ...] | None:
        """The fields that a heading may mean; empty if it is ignored, None if it is unknown."""
        key = key_of(title)
        if heading := self._named.get(key) or self._exact.get(key):
            return () if heading is IGNORED else (heading,)
        return tuple(self._by_words(title)) or None

    def _by_words(self, title: str) -> Iterator[Heading]:
        words = _words(title)
        classes = self._class_of
        kinds = dict.fromkeys(classes[word] for word in words if word in classes)
        if not kinds and "фамилия" in words and len(_NAMES.keys() & words) > 1:
            kinds = {_WHO: None}
        if kinds.keys() <= {_WHO} and (part := _part_of_name(words)):
            kinds = {part: None}
        if not kinds and _OWNERS & set(words) and {"наименование", "название"} & set(words):
            kinds = {_WHERE: None}
        if not kinds and words[:2] == ["место", "работы"]:
            kinds = {_WHERE: None}
        allowed = set(_OF_ANYTHING.split()).union(
            classes, *(_OF[kind] for kind in kinds if kind in _OF)
        )
        # A header cut at the wrong delimiter names three kinds and more.
        if 0 < len(kinds) <= _MOST and set(words) <= allowed:
            for kind in kinds:
                yield from self._fields(kind, set(words))

    def _fields(self, kind: str, words: set[str]) -> list[Heading]:
        if kind == _WHO:
            return [heading for heading in self._outer if heading.name == PERSON.name]
        if kind == _WHEN:
            return [heading for heading in self._outer if heading.kind == Kind.DAY]
        if kind == _WHERE:
            return self._places(words)
        named = [heading for heading in self._outer if heading.name == kind]
        return named or (self._of_plan() if "мероприятие" in words else [])

    def _of_plan(self) -> list[Heading]:
        """What «Мероприятие» means in lists that cite rows of the plan; of events it is a title."""
        cited = [heading for heading in self._outer if heading.name == "activity_id"]
        titles = [heading for heading in self._outer if heading.name == "title"]
        return [*cited, *(titles if cited and self.resource is events else ())]

    def _places(self, words: set[str]) -> list[Heading]:
        if self.resource.name != "organizations":
            return [heading for heading in self._outer if heading.target == "organizations"]
        names = {"full_name", "short_name"}
        if words & {"полное", "полностью", "официальное", "юридическое"}:
            names = {"full_name"}
        elif words & {"краткое", "сокращенное"}:
            names = {"short_name"}
        return [heading for heading in self.listed if heading.name in names]


def _part_of_name(words: Sequence[str]) -> str | None:
    """The part of a name that a heading means, alone or below «ФИО»: «ФИО / Имя»."""
    named = Counter(word for word in words if word in _NAMES)
    parts = [word for word, times in named.items() if len(named) == 1 or times > 1]
    return _NAMES[parts[0]] if len(parts) == 1 else None


def _words(title: str) -> list[str]:
    # Makes one word of «Ф.И.О.» and «Ф И О».
    text = re.sub(r"\bф\W{0,3}и\W{0,3}о\b", "фио", fold(title))
    return _WORD.findall(text)
