"""Fields: how a field of a record stands in a form, and how what was typed becomes JSON.

Labels, hints and closed lists come from the declaration of the kind.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.findings import Finding
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.pages import words
from app.pages.typed import Typed

LONG = 200
"""Characters from which on a text is typed into a field of several lines."""

_PLACE = re.compile(r"\.\d{1,4}\.")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_WHOLE = re.compile(r"-?\d{1,18}")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Field:
    """A field as a template draws it."""

    name: str
    label: str
    hint: str
    kind: str
    """`text`, `area`, `day`, `number`, `choice`, `choices`, `flag`, `reference`, `time`."""
    is_required: bool
    values: tuple[str, ...] = ()
    options: Mapping[str, str] | None = None
    error: str = ""
    target: str = ""
    """The collection of a reference."""
    is_fixed: bool = False
    """Whether the field cannot change after creation."""

    @property
    def value(self) -> str:
        """The only value; empty if there is none."""
        return self.values[0] if self.values else ""

    @property
    def key(self) -> str:
        """The id of the element in the page."""
        return f"f-{re.sub('[^a-z0-9_-]', '-', self.name)}"


def heading_of(resource: Resource, name: str) -> Heading:
    """The heading of a field, by its name in the API."""
    return next(heading for heading in headings(resource) if heading.name == name)


def drawn(
    resource: Resource,
    names: Iterable[str],
    record: Mapping[str, object],
    typed: Typed | None,
    findings: Sequence[Finding] = (),
) -> dict[str, Field]:
    """Fields of a kind by name: with what was typed, else with the values of the record."""
    made = {}
    for name in names:
        drawing = field_of(resource, heading_of(resource, name))
        values = typed.fields.get(name, ()) if typed else texts(record.get(name))
        made[name] = replace(drawing, values=values, error=error_at(f"/{name}", findings))
    return made


def field_of(resource: Resource, heading: Heading) -> Field:
    """An empty field. The label is the heading; the hint is what the description says beyond it."""
    info = resource.write.model_fields.get(heading.name.partition(".")[0])
    kind = _KINDS.get(heading.kind, "text")
    column = resource.table.c.get(heading.name.replace(".", "_"))
    if kind == "text" and column is not None and getattr(column.type, "length", 1) is None:
        kind = "area"
    # The rest of a closed list's description tells its codes, and the options tell their labels.
    about = heading.about.partition(". `" if heading.choices else "\0")[0].strip().rstrip(".")
    title = heading.title.rpartition(": ")[2]
    hint = _hint(title, about.replace("`", ""))
    is_required = heading.is_required or (info is not None and heading.kind == Kind.FLAG)
    return Field(
        heading.name,
        title[:1].upper() + title[1:],
        hint,
        kind,
        is_required,
        options=heading.choices or None,
        target=heading.target or "",
    )


def _hint(title: str, about: str) -> str:
    """What a description says beyond the title; what a code in a body means is said in words."""
    about, *meanings = _MEANING.split(about)
    told = [] if about.casefold() == title.casefold() else [about]
    pairs = zip(meanings[::2], meanings[1::2], strict=True)
    told += [f"если не указать – {text}" for code, text in pairs if code == "null"]
    return words.capital("; ".join(told))


def error_at(pointer: str, findings: Iterable[Finding]) -> str:
    """What is wrong at a place of the body, in Russian; empty if nothing is."""
    told = [
        finding.fault.words.fill("ru", finding.values)
        for finding in findings
        if finding.pointer == pointer or (finding.pointer or "").startswith(f"{pointer}/")
    ]
    return " ".join(dict.fromkeys(told))


_MEANING = re.compile(r"; ([a-z_]+): ")
"""Begins what a value of a body means, at the end of a description."""


def texts(value: object) -> tuple[str, ...]:
    """A value of a record as the texts of a field."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return (str(value),)


def read(heading: Heading, values: Sequence[str]) -> object:
    """What was typed, as JSON. A text that is no number stays a text, so that the store says so."""
    kept = [value.strip() for value in values if value.strip()]
    if heading.kind == Kind.CHOICES:
        return kept
    if not kept:
        return None
    text = kept[-1]
    match heading.kind:
        case Kind.DAY:
            return iso(text)
        case Kind.NUMBER | Kind.WEEKDAY if _WHOLE.fullmatch(text):
            return int(text)
        case Kind.DECIMAL:
            return text.replace(",", ".").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        case Kind.FLAG:
            return _FLAGS.get(text, text)
        case _:
            return text


def iso(text: str) -> str:
    """A day typed as «30.09.2021» in the form of the API; any other text as it is."""
    match = _DAY.fullmatch(text)
    return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else text


_KINDS: Mapping[Kind, str] = {
    Kind.NUMBER: "number",
    Kind.DECIMAL: "number",
    Kind.DAY: "day",
    Kind.TIME: "time",
    Kind.CHOICE: "choice",
    Kind.WEEKDAY: "choice",
    Kind.CHOICES: "choices",
    Kind.FLAG: "flag",
    Kind.REFERENCE: "reference",
}


def heading_at(resource: Resource, name: str) -> Heading | None:
    """The heading of a field of a form; a part's field has its place in it: `members.0.role`."""
    path = _PLACE.sub(".", name)
    return next((heading for heading in headings(resource) if heading.name == path), None)


def json_of(resource: Resource, typed: Typed) -> dict[str, object]:
    """What a form of a kind holds, as a body of the API; empty rows of parts are left out."""
    body: dict[str, object] = {}
    for heading in headings(resource)[1:]:
        if not heading.part and not heading.is_inner:
            body[heading.name] = read(heading, typed.texts(heading.name))
    for name in resource.embedded:
        inner = _inner(resource, name)
        values = {key: read(each, typed.texts(each.name)) for key, each in inner.items()}
        body[name] = values if any(map(_is_set, values.values())) else None
    for part in resource.parts:
        body[part] = [
            row for _, row in rows_of(resource, part, typed) if any(map(_is_set, row.values()))
        ]
    return body


def rows_of(resource: Resource, part: str, typed: Typed) -> list[tuple[int, dict[str, object]]]:
    """The rows of a part in a form, with their places."""
    matches = (re.match(rf"{re.escape(part)}\.(\d{{1,4}})\.", name) for name in typed.names)
    places = sorted({int(match[1]) for match in matches if match})
    inner = _inner(resource, part)
    return [
        (
            place,
            {key: read(each, typed.texts(f"{part}.{place}.{key}")) for key, each in inner.items()},
        )
        for place in places
    ]


def texts_of(resource: Resource, record: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """A record as the texts of its form: the inverse of `json_of`."""
    flat: dict[str, tuple[str, ...]] = {}
    for heading in headings(resource):
        owner, _, key = heading.name.partition(".")
        value = record.get(owner)
        if heading.part and isinstance(value, list):
            for place, row in enumerate(value):
                flat[f"{owner}.{place}.{key}"] = texts(row.get(key))
        elif key and isinstance(value, Mapping):
            flat[heading.name] = texts(value.get(key))
        elif not key and owner in record:
            flat[heading.name] = texts(value)
    return flat


def title_of_part(resource: Resource, part: str) -> str:
    """The heading of a part: «Участники»."""
    first = next(heading for heading in headings(resource) if heading.part == part)
    return first.title.rpartition(": ")[0]


def spoken(heading: Heading, values: Sequence[str]) -> str:
    """The values of a field in words: labels of closed lists, days as they are written."""
    return ", ".join(_spoken(heading, value) for value in values if value) or words.NOTHING


def _spoken(heading: Heading, value: str) -> str:
    match heading.kind:
        case Kind.DAY:
            return words.day(value)
        case Kind.NUMBER | Kind.DECIMAL:
            return words.number(value)
        case Kind.FLAG:
            return "да" if value == "true" else "нет"
        case _:
            return heading.choices.get(value, value)


def _inner(resource: Resource, owner: str) -> dict[str, Heading]:
    """The headings of the fields of a part or of an object, by their names in it."""
    return {
        heading.name.partition(".")[2]: heading
        for heading in headings(resource)
        if heading.name.startswith(f"{owner}.")
    }


def _is_set(value: object) -> bool:
    return value is not None and value != []
