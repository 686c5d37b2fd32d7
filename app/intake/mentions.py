"""Mentions: whether a text above some rows names the given organization, another one, or none.

Names are written in many ways, and not every organization is in the register. A text that names an
organization and shares no number and no word of its own with the given one is about another.
"""

import re
import uuid
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from app.intake.places import Directory
from app.model.text import fold
from app.registry.name_words import is_institution, is_legal_form

_LABEL = re.compile(
    r"(?:(?:школ[аы]|организаци[яи]|оо|учреждени[ея]|наименование|название|полное|краткое|"
    r"образовательн\w+|общеобразовательн\w+)\W+)+(?<=[:-] )"
)
_WORD = re.compile(r"[^\W\d_]+")
_KIND = r"\b(?:школ|гимнази|лице[йяею]|интернат|колледж|техникум|училищ|детск\w+ сад)\w*"
_NUMBERED = re.compile(rf"(?:\bno|\b[сон]ош|{_KIND})\W+(\d+)")
_OF_A_PLACE = re.compile(rf"\b\w+[сц]к(?:ая|ий|ое|ой|ого|ую)\W+(?:\w+\W+){{0,2}}{_KIND}")
_DISTRICT = re.compile(
    r"\b(?:м\.? ?р\b|г\.? ?о\b|муниципальн\w+ (?:район|округ)|город\w+ округ|"
    r"\w+ого район|\w+ой област).*"
)
"""What all organizations of a district have at the end of their full names."""
_FORM = re.compile(
    r"муниципальн|государственн|област|бюджетн|автономн|казенн|частн|учрежден|организац|общеобразо|"
    r"образова|дошкольн|профессиональн|средн|основн|начальн|детск|филиал|структурн|подразделен"
)
"""The words of legal forms and kinds begin so."""
_COMMON = re.compile(
    rf"{_FORM.pattern}|общ(?:ее|ая|его|ей)$|сада?$|углубленн|изучен|отдельн|предмет|имени$|город|"
    r"поселок|поселка$|деревн|педагог|учител|воспитател|списо|участни|работник|сотрудник|семинар"
)
"""Words that do not tell one organization from another begin so."""
_FEWEST = 2
"""Words of a name that is searched inside a longer text, at least."""
_STEM, _ENDING = 4, 3
"""Letters that two forms of a word share at least, and letters that they need not share."""


@dataclass
class Mentions:
    """What texts say of the organization that is given for a list."""

    places: Directory
    given: uuid.UUID

    def in_heading(self, text: str) -> bool | None:
        """Whether a text begins with the name of the given organization; None without a name."""
        line = _LABEL.sub("", fold(text), count=1).strip(' .:;"')
        if found := self.places.find(text.strip(" .:;")) or self.places.find(line):
            return any(place.id == self.given for place in found)
        words = _WORD.findall(line)[:2]
        begins = any(map(is_institution, words)) or any(map(_FORM.match, words))
        return self._is_like_given(line) if begins else None

    def in_title(self, text: str) -> bool | None:
        """Whether a text has the name of the given organization in it; None without a name."""
        line = " ".join(re.sub(r"[^\w-]", " ", fold(text)).split())
        inside = {
            place_id
            for name, ids in self.places.by_name.items()
            if name.count(" ") + 1 >= _FEWEST and f" {name} " in f" {line} "
            for place_id in ids
        }
        return self.given in inside if inside else self._is_like_given(fold(text))

    def _is_like_given(self, line: str) -> bool | None:
        """Whether a text has a number or a word of the given organization's names."""
        numbers, words = _numbers(line), _words(line)
        if not _names_organization(line) or not (numbers or words):
            return None
        if numbers and (own := {number for name in self._names for number in _numbers(name)}):
            return not numbers.isdisjoint(own)
        own = {word for name in self._names for word in _words(name)}
        return any(_are_forms(*pair) for pair in product(words, own))

    @cached_property
    def _names(self) -> list[str]:
        return [name for name, ids in self.places.by_name.items() if self.given in ids]


def _names_organization(line: str) -> bool:
    if any(map(is_legal_form, _WORD.findall(line))) or "учрежден" in line:
        return True
    return any(pattern.search(line) for pattern in (_NUMBERED, _OF_A_PLACE))


def _numbers(line: str) -> set[str]:
    return {*_NUMBERED.findall(line)}


def _words(line: str) -> set[str]:
    """The words that tell an organization from another."""
    words = (word for word in _WORD.findall(_DISTRICT.sub("", line)) if len(word) >= _STEM)
    return {word for word in words if not (is_institution(word) or _COMMON.match(word))}


def _are_forms(one: str, other: str) -> bool:
    """Whether two words may be forms of one name: «Камышла», «Камышлинская»."""
    shared = max(_STEM, min(len(one), len(other)) - _ENDING)
    return one[:shared] == other[:shared]
