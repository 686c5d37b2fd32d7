"""Traits: what a text says of an organization: its kinds, numbers, places and words of its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from app.registry.name_words import is_institution, is_legal_form

_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:[-/][^\W\d_]+)*")
_KIND = r"\b(?:(?:школ|гимнази|лице[йяею]|интернат|колледж|техникум|училищ|детск\w+ сад)\w*|д/с)"
_HEADS = r"(?! ?(?:\d|чел|пед|учи|учас|сот|раб))"
"""A number of persons is none of an organization: «СОШ – 12 чел.»."""
_NUMBER = r"(\d+(?:-?[абвг](?![\w.]))?)"
"""A school «№ 5-А» is another one than № 5; «№ 5 г. Казани» is not."""
_NUMBERED = re.compile(
    rf'\bno\W+{_NUMBER}|(?:\b[сон]о?ш|{_KIND})[ "]{{0,2}}-?"?{_NUMBER}{_HEADS}|'
    r"\b(\d+)(?:-?(?:я|й|ая|ой))? (?:школ[аеыу]|гимнази[яию]|лице[йяе])\b"
)
_LOOSELY_NUMBERED = re.compile(rf"(?:\b[сон]о?ш|{_KIND})\W+(\d+){_HEADS}")
_OF_PAPERS = re.compile(
    r"\b(?:приказ|приложени|протокол|спис|групп|таблиц|форм|лист|секци|площадк|распоряжени)\w*"
    r"(?: от [\d.]+(?: ?г\.?)?)? no ?\d+"
)
_ADJECTIVE = r"[сц]к(?:ая|ий|ое|ой|ого|ую)"
_OF_A_PLACE = re.compile(rf"\b(\w+{_ADJECTIVE})\W+(?:\w+\W+){{0,2}}(?:{_KIND}|[сон]ош\b)")
_IN_A_PLACE = re.compile(
    r"\b(?:(?:[сдпхг]|ст|дер|пос|пгт|п\.г\.т)\. ?|"
    r"(?:сел[оа]|деревн[яи]|посел(?:ок|ка)|станиц[аы]|хутора?|города?) )([^\W\d_]{4,})"
)
_QUOTED = re.compile(rf'{_KIND} "')
_ADDITIONAL = (
    r"\b(?:цдт|ддт|цвр|дюц|дюсш|дши|дхш|дмш)\b|"
    r"\b(?:дом|центр)\w* (?:\w+ )?(?:творчеств|внешкольн)\w*|"
    r"\b(?:музыкальн|художественн|спортивн)\w+ школ\w*|\bшкол\w+ искусств"
)
_KINDS = {
    "boarding": r"\b(?:школ\w+-)?интернат\w*",
    "kindergarten": r"детск\w+ сад\w*|\bд/с\b|\bдс\b|\bдетсад\w*|\b[мгч]?[бак]?доу\b|"
    r"дошкольн\w+ (?:образовательн\w+ )?(?:учрежд|организ)\w+",
    "additional": _ADDITIONAL,
    "evening": r"\bвечерн\w+ (?:\(?\w+\)? )?(?:\w+ )?школ\w*",
    "school": r"\bм?[сон]ош\b|\b[сн]ш\b|\b(?:средн|основн|начальн)\w+ (?:обще\w+ )?школ\w*",
    "gymnasium": r"\b(?:про)?гимнази[яию]\b",
    "lyceum": r"\bлице(?:й|я|ю|ем|е)\b",
    "college": r"\b(?:колледж|техникум|училищ)\w*",
}
_ALONE = frozenset({"gymnasium", "lyceum", "college", "boarding"})
"""Kinds whose word alone means an organization: a «начальная школа» may be a part of one."""
_BARE_SCHOOL = re.compile(r"\bшкол[аеыуо]")
_ANY_SCHOOL = frozenset({"school", "boarding", "evening", "gymnasium", "lyceum"})
"""What may be called just a school."""
_SHORT = re.compile(r"[сн]ш\b|вечерн")
_BRANCH = re.compile(r"\b(?:филиал|ф-л)(?:а|е|ом|у)?\b")
_DISTRICT = re.compile(
    r"\b(?:(?:\w+ого )?муниципальн\w+ (?:район|округ)\w*|м\.? ?р\b\.?)(?: \w+[сц]к(?:ий|ого))?|"
    r"\b(?:г\.? ?о\b\.?|город\w+ округ\w*)(?: город\w*| г\.)? ?\w+|"
    r"\b\w+ого район\w*|\b\w+ой област\w*|\bреспублик\w+ \w+"
)
"""What all organizations of a district have at the end of their full names."""
_FORM = re.compile(
    r"муниципальн|государственн|област|бюджетн|автономн|казенн|частн|учрежден|организац|общеобразо|"
    r"образова|дошкольн|профессиональн|средн|основн|начальн|детск|филиал|структурн|подразделен"
)
"""The words of legal forms and kinds begin so."""
_COMMON = re.compile(
    rf"{_FORM.pattern}|общ(?:ее|ая|его|ей)$|сада?$|углубленн|изучен|отдельн|предмет|имени$|город|"
    r"поселок|поселка$|деревн|педагог|учител|воспитател|списо|участни|работник|сотрудник|семинар|"
    r"геро[йя]|росси|советск|союза?$|центр|кавалер|орден|полного$|славы$|труда$|заслуженн|народн|"
    r"академик|генерал|маршал|космонавт|человек$|вечерн|корпус"
)
"""Words that do not tell one organization from another begin so."""
_BESIDE = re.compile(
    r"(?:стар|нов|верхн|нижн|больш|мал|красн|бел|черн)(?:ы[йхем]|и[йхем]|о[йем]|[ая]я|[ое]е|[ое]го)"
)
"""Words that many places have: «Старая», «Красный»."""
_PREFIX = re.compile(r"(?:старо|ново|верхне|нижне|больше|мало|красно|бело|черно)-?(?=\w{5})")
_OF_A_PEOPLE = re.compile(r"татарск|русск|башкирск|чувашск|мордовск|кадетск|морск|женск|мужск")
_STEM, _ENDING = 4, 3
"""Letters that two forms of a word share at least, and letters that they need not share."""
_FIRST = 2
"""Words with which the name of an organization begins."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What folded texts say of one organization."""

    kinds: frozenset[str]
    numbers: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]
    is_branch: bool

    def is_of(self, own: "Traits") -> bool | None:
        """Whether a text is about the organization of the own names; None if it does not tell."""
        if self.is_branch and not own.is_branch:
            return False
        if self.kinds and own.kinds and self.kinds.isdisjoint(own.kinds):
            return False
        if own.kinds and "kindergarten" in self.kinds - own.kinds:
            return False
        if not (self.numbers or self.words):
            return None
        if self.numbers and own.numbers:
            is_elsewhere = self.places and own.places and not _share(self.places, own.places)
            return not (is_elsewhere or self.numbers.isdisjoint(own.numbers))
        return _share(self.words, own.words)


def in_text(line: str) -> Traits | None:
    """What a folded text says of an organization; None if it names none."""
    line = _OF_PAPERS.sub("", line)
    if not _names_organization(line):
        return None
    kinds, is_bare = _kinds(line)
    return _traits([line], kinds | _ANY_SCHOOL if is_bare else kinds)


def of_names(names: Iterable[str]) -> Traits:
    """What the folded names of one organization say of it."""
    lines = list(names)
    found = [_kinds(line) for line in lines]
    kinds = frozenset().union(*(each for each, _ in found))
    if not kinds and any(is_bare for _, is_bare in found):
        kinds = frozenset({"school"})
    return _traits(lines, kinds)


def begins_with_organization(line: str) -> bool:
    """Whether a folded text begins as the names of organizations do."""
    tokens = _TOKEN.findall(line)[: _FIRST + 1]
    if len(tokens) > 1 and not re.search(rf"{_ADJECTIVE}$", tokens[1]):
        del tokens[_FIRST:]
    return re.match(_ADDITIONAL, line) is not None or any(map(_is_kind, tokens))


def _is_kind(token: str) -> bool:
    parts = token.split("-")
    return any(map(is_institution, parts)) or any(
        re.match(pattern, token) for pattern in (_FORM, _SHORT, _KINDS["kindergarten"])
    )


def _names_organization(line: str) -> bool:
    if any(map(is_legal_form, _WORD.findall(line))) or "учрежден" in line:
        return True
    if any(re.fullmatch(_KINDS[kind], line) for kind in _ALONE):
        return True
    if re.search(_ADDITIONAL, line) or (re.search(_KIND, line) and _IN_A_PLACE.search(line)):
        return True
    patterns = (_NUMBERED, _LOOSELY_NUMBERED, _OF_A_PLACE, _QUOTED, _BRANCH)
    return any(pattern.search(line) for pattern in patterns)


def _traits(lines: list[str], kinds: frozenset[str]) -> Traits:
    words = frozenset(word for line in lines for word in _words(line))
    numbers = frozenset(each for line in lines for each in _numbers(line))
    if not (numbers or words):
        numbers = frozenset(each for line in lines for each in _LOOSELY_NUMBERED.findall(line))
    places = frozenset(place for line in lines for place in _places(line))
    return Traits(kinds, numbers, places, words, any(map(_BRANCH.search, lines)))


def _kinds(line: str) -> tuple[frozenset[str], bool]:
    """The kinds that a text names, and whether it says «школа» besides."""
    kinds = set()
    for kind, pattern in _KINDS.items():
        line, count = re.subn(pattern, " ", line)
        if count:
            kinds.add(kind)
    return frozenset(kinds), _BARE_SCHOOL.search(line) is not None


def _numbers(line: str) -> set[str]:
    found = {number for each in _NUMBERED.findall(line) for number in each}
    return {number.replace("-", "") for number in found if number}


def _places(line: str) -> set[str]:
    line = _DISTRICT.sub("", line)
    found = _IN_A_PLACE.findall(line) + _OF_A_PLACE.findall(line)
    return {place for place in found if not (_COMMON.match(place) or _OF_A_PEOPLE.match(place))}


def _words(line: str) -> set[str]:
    """The words that tell an organization from another."""
    words = {word for word in _WORD.findall(_DISTRICT.sub("", line)) if len(word) >= _STEM}
    words = {word for word in words if not (is_institution(word) or _COMMON.match(word))}
    return {word for word in words if not _BESIDE.fullmatch(word)} or words


def _share(some: Iterable[str], others: Iterable[str]) -> bool:
    return any(_are_forms(*pair) for pair in product(some, others))


def _are_forms(one: str, other: str) -> bool:
    """Whether two words may be forms of one name: «Камышла», «Камышлинская»."""
    pairs = ((one, other), (_PREFIX.sub("", one), other), (one, _PREFIX.sub("", other)))
    return any(_begin_alike(*pair) for pair in pairs)


def _begin_alike(one: str, other: str) -> bool:
    shared = max(_STEM, min(len(one), len(other)) - _ENDING)
    return one[:shared] == other[:shared]
