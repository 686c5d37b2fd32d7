"""Mentions: whether a text above some rows names the given organization, another one, or none.

Names are written in many ways, and not every organization is in the register. A text that names an
organization of another kind, or one that shares no number and no word of its own with the given
one, is about another.
"""

import re
import uuid
from dataclasses import dataclass
from functools import cached_property

from app.intake.places import Directory, name_key
from app.intake.traits import Traits, begins_with_organization, in_text, of_names
from app.model.text import fold

_NUMBERING = re.compile(r"^\W*(?:\d+|[ivx]+)\s?[.)]\s*")
_LABEL = re.compile(
    r"^\W*(?:(?:школ[аы]|организаци[яи]|оо|оу|учреждени[ея]|наименование|название|полное|краткое|"
    r"место работы|образовательн\w+|общеобразовательн\w+)\W+)+(?:(?<=[:-] )|(?<=:))"
)
_FEWEST = 2
"""Words of a name that is searched inside a longer text, at least."""


@dataclass
class Mentions:
    """What texts say of the organization that is given for a list."""

    places: Directory
    given: uuid.UUID

    def in_heading(self, text: str) -> bool | None:
        """Whether a text begins with the name of the given organization; None without a name."""
        line = _LABEL.sub("", _NUMBERING.sub("", fold(text)), count=1).strip(' .:;"')
        if found := self.places.find(text.strip(" .:;")) or self.places.find(line):
            return any(place.id == self.given for place in found)
        said = in_text(line) if begins_with_organization(line) else None
        return said.is_of(self._own) if said else None

    def in_title(self, text: str) -> bool | None:
        """Whether a text has the name of the given organization in it; None without a name."""
        line = name_key(re.sub(r"[^\w-]", " ", fold(text)))
        names = [
            name
            for name in self.places.by_name
            if name.count(" ") + 1 >= _FEWEST and f" {name} " in f" {line} "
        ]
        whole = [name for name in names if not _is_inside_another(name, names)]
        inside = {place_id for name in whole for place_id in self.places.by_name[name]}
        said = in_text(fold(text))
        if inside and not (said and said.is_branch and not self._own.is_branch):
            return self.given in inside
        return said.is_of(self._own) if said else None

    @cached_property
    def _own(self) -> Traits:
        return of_names(self.places.names[self.given])


def _is_inside_another(name: str, names: list[str]) -> bool:
    return any(name != each and f" {name} " in f" {each} " for each in names)
