"""Speaking: what is wrong with a form, with its labels in the place of the API's names."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from app.findings import Fault, Finding, Words
from app.model.headings import headings
from app.model.resource import Resource

_BESIDE = re.compile(r" \(([a-z_]+)\)")
"""A name that stands beside the words for it."""
_ALONE = re.compile(r"\{[^{}]*\}|\b[a-z]+(?:_[a-z]+)*\b")
"""What a text fills in, or a name that stands for itself."""
_OF_BODIES = re.compile(r" [^.]*\bJSON\b.*")
"""How a value is written in a body, at the end of a text."""


def in_form(kind: Resource, finding: Finding) -> Finding:
    """A finding about a record of a kind, as the form of the kind tells it."""
    names = _names(kind)
    text = _OF_BODIES.sub("", finding.fault.words.ru)
    text = _BESIDE.sub(lambda found: "" if found[1] in names else found[0], text)
    text = _ALONE.sub(lambda found: names.get(found[0], found[0]), text)
    values = {name: names.get(str(value), value) for name, value in finding.values.items()}
    words = Words(text, finding.fault.words.en)
    return replace(finding, fault=Fault(finding.fault.code, words), values=values)


@cache
def _names(kind: Resource) -> Mapping[str, str]:
    """The labels of the fields of a kind and of the values of its closed lists, in quotes."""
    fields = headings(kind)
    values = {code: word for heading in fields for code, word in heading.choices.items()}
    inner = [each for each in fields if "." in each.name]
    owners = {each.name.partition(".")[0]: each.title.rpartition(": ")[0] for each in inner}
    titles = {each.name.rpartition(".")[2]: each.title.rpartition(": ")[2] for each in fields}
    return {name: f"«{label}»" for name, label in (values | owners | titles).items()}
