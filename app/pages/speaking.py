"""Speaking: what is wrong with a form, or with what it has written, in the words of the form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from app.findings import Fault, Finding, Words, plain
from app.intake.documents import ImportRemark
from app.intake.lines import Remark
from app.intake.quoting import quoting
from app.model.headings import headings
from app.model.resource import Resource
from app.pages import fields, words

MOST = 10
"""Warnings that one page tells; of more it tells how many."""

_ALONE = re.compile(r"\{[^{}]*\}|\b[a-z]+(?:_[a-z]+)*\b")
"""What a text fills in, or a name that stands for itself."""
_DAYS = "ГГГГ-ММ-ДД (строкой)", "ДД.ММ.ГГГГ"
"""How a day is written in a body, and how in a form."""


def in_form(kind: Resource | None, finding: Finding) -> Finding:
    """A finding as a form tells it: about a record of a kind, or about none."""
    names = _names(kind) if kind else {}
    first, rest = finding.fault.words.split("ru")
    rest = HINTS.get(finding.fault.code, rest)
    text = _plain(names, " ".join(filter(None, (first, rest))))
    values = {name: names.get(str(value), value) for name, value in finding.values.items()}
    told = Words(text, finding.fault.words.en)
    return replace(finding, fault=Fault(finding.fault.code, told), values=values)


def in_list(kind: Resource, remark: Remark) -> ImportRemark:
    """A remark of a report as a page tells it, whose reader has no parameters."""
    told = in_form(kind, Finding(remark.fault, values=quoting(remark.values)))
    detail, hint = told.fault.words.sentences("ru", told.values)
    return {"code": remark.fault.code, "column": remark.column, "detail": detail, "hint": hint}


def reported(kind: Resource, said: ImportRemark) -> ImportRemark:
    """A remark of a report that is kept, as a page tells it."""
    detail, hint = (_plain(_names(kind), said[name]) for name in ("detail", "hint"))
    return {**said, "detail": detail, "hint": HINTS.get(said["code"], hint)}


HINTS = {
    "unknown_column": "Он пропущен. Если он нужен, назовите его, как в образце, и замените файл.",
    "ambiguous_column": "Выберите, что в нём.",
    "column_twice": "Оставьте один, а остальные не читайте.",
    "no_such_heading": "Проверьте, что значат столбцы.",
    "missing_column": "Добавьте его в список или скажите, в каком столбце это стоит.",
    "no_header": "Скажите, в какой строке названия столбцов и что в этих столбцах.",
    "several_headers": "Скажите, в какой из них.",
    "filled_down": "Если они должны остаться пустыми, загрузите эти строки отдельным списком.",
    "looks_like_cp866": "Сохраните список заново как «CSV UTF-8» или XLSX.",
    "no_header_row": "Проверьте номер строки.",
    "processing_basis_missing": "Выберите основание обработки их персональных данных.",
    "several_events": "Укажите номер записи события.",
    "unknown_teacher": "Проверьте ФИО или добавьте педагога в реестр.",
    "namesake_elsewhere": "Если это он, укажите номер записи или СНИЛС либо добавьте ему место "
    "работы. Если это другой человек, скажите, что он новый.",
}
"""What to do on a page where the report of the API names one of its parameters; by code."""


def warned(kind: Resource, warnings: Sequence[Finding]) -> list[str]:
    """Warnings about a record of a kind, each in one line: where in the form, and what it is."""
    lines = [_line(kind, warning) for warning in warnings[:MOST]]
    if (more := len(warnings) - MOST) > 0:
        counted = words.counted(more, "предупреждение", "предупреждения", "предупреждений")
        lines.append(f"И ещё {counted}")
    return lines


def troubles(kind: Resource, problem: Mapping[str, Any]) -> list[str]:
    """Why a list was refused after its answer: each error in a line, else what happened."""
    found = [
        ": ".join(
            filter(
                None,
                (_place(kind, each.get("pointer") or ""), _plain(_names(kind), each["detail"])),
            )
        )
        for each in problem.get("errors", ())
    ]
    return found or [problem["detail"]]


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


def _plain(names: Mapping[str, str], text: str) -> str:
    """A text without what only bodies have; the names of fields become their labels."""
    return _ALONE.sub(lambda found: names.get(found[0], found[0]), plain(text).replace(*_DAYS))


@cache
def _names(kind: Resource) -> Mapping[str, str]:
    """The labels of the fields of a kind and of the values of its closed lists, in quotes."""
    fields = headings(kind)
    values = {code: word for heading in fields for code, word in heading.choices.items()}
    inner = [each for each in fields if "." in each.name]
    owners = {each.name.partition(".")[0]: each.title.rpartition(": ")[0] for each in inner}
    titles = {each.name.rpartition(".")[2]: each.title.rpartition(": ")[2] for each in fields}
    return {name: f"«{label}»" for name, label in (values | owners | titles).items()}
