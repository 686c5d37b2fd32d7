"""Members: the SQL expressions with which a database writes a JSON object."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple


class Form(Enum):
    """How a value is written in JSON."""

    BARE = auto()
    """A number or a flag."""
    JSON = auto()
    """A text that is JSON."""
    WORD = auto()
    """Between quotation marks: it has no character that JSON escapes."""
    TAG = auto()
    """A word that stands between quotation marks itself."""
    TEXT = auto()
    """A text as records hold it: `app.model.text` left no control character but line feeds."""
    ANY = auto()
    """Any text."""


class Member(NamedTuple):
    """A member of a JSON object, with the SQL expression of its value."""

    name: str
    value: str
    form: Form
    is_required: bool = False
    """Whether the value is never null."""


Members = Sequence[Member]

_TAG = "'\"' || {} || '\"'"

_MARKS = {
    Form.BARE: ("", ""),
    Form.JSON: ("", ""),
    Form.WORD: ('"', '"'),
    Form.TAG: ('"\\"', '\\""'),
    Form.TEXT: ('"', '"'),
    Form.ANY: ("", ""),
}
"""What stands before a value in JSON, and what behind it."""

_ESCAPED = {
    Form.TEXT: r"""replace(replace(replace({}, '\', '\\'), '"', '\"'), E'\n', '\n')""",
    Form.ANY: "to_json({})",
}
"""A value as it stands between these marks."""

_TYPED = {Form.JSON: "({})::json", Form.TAG: _TAG}
"""A value as `row_to_json` takes it."""


def json_object(members: Members) -> str:
    """The object as SQLite writes it."""
    listed = (
        f"'{each.name}', {_TAG.format(each.value) if each.form is Form.TAG else each.value}"
        for each in members
    )
    return f"json_object({', '.join(listed)})"


def concatenated(members: Members) -> str:
    """The object as PostgreSQL writes it in the least time for each row.

    row_to_json looks up how a type is written for each value, which takes as long as all else in
    a row; and json_build_object puts spaces around its colons.
    """
    pieces, text = [], "{"
    for each in members:
        before, after = _MARKS[each.form]
        value = _ESCAPED.get(each.form, "{}").format(each.value)
        if not each.is_required:
            value = f"coalesce('{before}' || {value} || '{after}', 'null')"
            before, after = "", ""
        pieces += [f"""'{text}"{each.name}":{before}'""", value]
        text = f"{after},"
    return " || ".join([*pieces, f"'{after}}}'"])


def row_to_json(members: Members) -> str:
    """The same for a statement of one row.

    A statement looks up every function in it first, and `concatenated` has two hundred of them.
    """
    listed = (
        f'{_TYPED.get(each.form, "{}").format(each.value)} AS "{each.name}"' for each in members
    )
    return f"(SELECT row_to_json(o)::text FROM (SELECT {', '.join(listed)}) o)"  # noqa: S608 - our own names
