"""Positions: the group of a position by its words, as lists name it.

What is a pedagogical worker and what a head follows the nomenclature of positions (постановление
Правительства РФ от 21.02.2022 № 225): deputies are heads, a методист and a воспитатель teach.
"""

import re
from itertools import pairwise

from app.model.text import fold
from app.registry.employments import PositionGroup
from app.registry.name_words import is_institution

_TEACHING = frozenset(
    (  # noqa: SIM905 - words read best as words
        "учитель учительница преподаватель преподавательница педагог воспитатель "
        "воспитательница логопед дефектолог психолог соцпедагог методист тьютор мастер тренер "
        "инструктор вожатый вожатая концертмейстер физрук советник"
    ).split()
)
"""Words of those who teach, in the nominative: «секретарь учителя» is none."""

_HEADS = frozenset("директор замдиректора завуч начальник зам заместитель".split())  # noqa: SIM905
_ACTING_FOR = frozenset(
    "директора заведующего заведующей руководителя начальника завуча".split()  # noqa: SIM905
)
_IN_CHARGE = re.compile("зав|заведующ(?:ий|ая)")
_STORES = re.compile(
    "хоз|библиот|столов|производств|склад|гараж|прачечн|медпункт|медицинск|канцеляр|архив|пищеблок"
)
"""The household and the library: whoever is in charge of them does other work."""
_LESSER = re.compile(f"{_STORES.pattern}|кабинет|мастерск|музе")
"""What makes nobody a head; a room or a museum is a teacher's."""

_OF_PLACES = frozenset(
    (  # noqa: SIM905 - words read best as words
        "оо оу организации учреждения филиала сада детского образовательной образовательного "
        "общеобразовательной общеобразовательного дошкольной дошкольного структурного "
        "подразделения"
    ).split()
)
"""What a «руководитель» is the head of; others lead a circle, a class, a choir."""

_OTHERS = frozenset(
    (  # noqa: SIM905 - words read best as words
        "бухгалтер бухгалтера секретарь водитель повар завхоз лаборант сторож уборщик уборщица "
        "дворник медсестра медбрат медик медработник библиотекарь завбиблиотекой делопроизводитель "
        "юрист юрисконсульт врач фельдшер кассир кладовщик кладовщица вахтер гардеробщик "
        "гардеробщица электрик электромонтер слесарь сантехник плотник столяр рабочий рабочая "
        "охранник кочегар истопник экономист инженер программист техник администратор няня "
        "кастелянша прачка кухонный"
    ).split()
)

_ACTING = re.compile(
    r"(?<![а-я])(?:(?:вр\. ?)?и\.? ?о(?:\.|(?![а-я]))|врио|ио|исполняющ[а-я]+ обязанности)(?![а-я])"
)
_HELPERS = re.compile(
    r"младший воспитатель|помощник (?:воспитателя|директора|руководителя)"
    r"|медицинск[а-я]+ (?:сестра|работник)"
)
_WORD = re.compile(r"[а-я]+(?:-[а-я]+)*")


def group_of(position: str | None) -> PositionGroup:
    """The group of a position; who teaches beside another post, or has an unknown one, teaches."""
    text = fold(position or "")
    helps = _HELPERS.search(text) is not None
    words = _WORD.findall(_HELPERS.sub(" ", text))
    parts = [part for word in words for part in word.split("-")]
    if not _TEACHING.isdisjoint(parts):
        return PositionGroup.TEACHING
    if _is_head(text, words):
        return PositionGroup.HEAD
    keeps = any(map(_STORES.match, _in_charge_of(words)))
    is_other = helps or keeps or not _OTHERS.isdisjoint(parts)
    return PositionGroup.OTHER if is_other else PositionGroup.TEACHING


def _is_head(text: str, words: list[str]) -> bool:
    if _ACTING.search(text) and not _ACTING_FOR.isdisjoint(words):
        return True
    if "бухгалтера" in words:  # «заместитель главного бухгалтера»
        return False
    heads_place = any(not _LESSER.match(what) for what in _in_charge_of(words))
    return heads_place or not _HEADS.isdisjoint(words) or _leads_place(words)


def _in_charge_of(words: list[str]) -> list[str]:
    """What a «заведующий» is in charge of: the word behind, empty if there is none."""
    return [what for word, what in pairwise([*words, ""]) if _IN_CHARGE.fullmatch(word)]


def _leads_place(words: list[str]) -> bool:
    """Whether a «руководитель» leads an organization, or says nothing else."""
    if "руководитель" not in words:
        return False
    of = words[words.index("руководитель") + 1 :]
    return words == ["руководитель"] or any(
        each in _OF_PLACES or is_institution(each) for each in of
    )
