"""Speaking: what is wrong with a form, or with what it has written, in the words of the form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from app.findings import Fault, Finding, Words
from app.model.headings import headings
from app.model.resource import Resource
from app.pages import fields, words

MOST = 10
"""Warnings that one page tells; of more it tells how many."""

_BESIDE = re.compile(r" \(([a-z_]+)\)")
"""A name that stands beside the words for it."""
_ALONE = re.compile(r"\{[^{}]*\}|\b[a-z]+(?:_[a-z]+)*\b")
"""What a text fills in, or a name that stands for itself."""
_OF_BODIES = re.compile(r" [^.]*\bJSON\b.*")
"""How a value is written in a body, at the end of a text."""
_DAYS = "ГГГГ-ММ-ДД (строкой)", "ДД.ММ.ГГГГ"
"""How a day is written in a body, and how in a form."""


def in_form(kind: Resource | None, finding: Finding) -> Finding:
    """A finding as a form tells it: about a record of a kind, or about none."""
    names = _names(kind) if kind else {}
    text = _OF_BODIES.sub("", finding.fault.words.ru).replace(*_DAYS)
    text = _BESIDE.sub(lambda found: "" if found[1] in names else found[0], text)
    text = _ALONE.sub(lambda found: names.get(found[0], found[0]), text)
    values = {name: names.get(str(value), value) for name, value in finding.values.items()}
    told = Words(text, finding.fault.words.en)
    return replace(finding, fault=Fault(finding.fault.code, told), values=values)


def warned(kind: Resource, warnings: Sequence[Finding]) -> list[str]:
    """Warnings about a record of a kind, each in one line: where in the form, and what it is."""
    lines = [_line(kind, warning) for warning in warnings[:MOST]]
    if (more := len(warnings) - MOST) > 0:
        counted = words.counted(more, "предупреждение", "предупреждения", "предупреждений")
        lines.append(f"И ещё {counted}")
    return lines


def _line(kind: Resource, warning: Finding) -> str:
    told = in_form(kind, warning)
    text = told.fault.words.fill("ru", told.values)
    line = ": ".join(filter(None, (_place(kind, warning.pointer or ""), text)))
    return " ".join(line.splitlines())


def _place(kind: Resource, pointer: str) -> str:
    """A place of the body as the form names it: «Сумма», «Участники, строка 2, Организация»."""
    name, *steps = pointer.removeprefix("/").split("/")
    heading = fields.heading_at(kind, ".".join((name, *steps)))
    label = fields.field_of(kind, heading).label if heading else ""
    if name not in kind.parts:
        return label
    row = f"строка {int(steps[0]) + 1}" if steps else ""
    return ", ".join(filter(None, (fields.title_of_part(kind, name), row, label)))


@cache
def _names(kind: Resource) -> Mapping[str, str]:
    """The labels of the fields of a kind and of the values of its closed lists, in quotes."""
    fields = headings(kind)
    values = {code: word for heading in fields for code, word in heading.choices.items()}
    inner = [each for each in fields if "." in each.name]
    owners = {each.name.partition(".")[0]: each.title.rpartition(": ")[0] for each in inner}
    titles = {each.name.rpartition(".")[2]: each.title.rpartition(": ")[2] for each in fields}
    return {name: f"«{label}»" for name, label in (values | owners | titles).items()}
