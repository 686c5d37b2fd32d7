"""Leaves: the single values of a kind, those of parts and objects included, with their paths."""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from pydantic.fields import FieldInfo
from sqlmodel import SQLModel

from app.model.declaration import Declaration
from app.model.record import PART_FIELDS


class Leaf(NamedTuple):
    """One value of a record, of one of its parts or of an object in it."""

    field: str
    """The field of the body."""
    info: FieldInfo
    column: sa.Column[object] | None
    """None if the value is never stored."""
    inner: str = ""
    """The field of the part or object; empty if `field` itself holds the value."""
    is_of_part: bool = False
    """Whether a record has the value once for each of its parts."""

    @property
    def path(self) -> str:
        """The value's name in a list: `title`, `members.role`, `term.kind`."""
        return f"{self.field}.{self.inner}" if self.inner else self.field


def leaves(resource: Declaration) -> Iterator[Leaf]:
    """The leaves of a kind in the order of the body."""
    columns = resource.table.c
    for name, info in resource.write.model_fields.items():
        if name in resource.parts:
            part = resource.parts[name]
            kept = SQLModel.metadata.tables[str(part.__tablename__)].c
            for inner, inner_info in part.model_fields.items():
                if inner not in PART_FIELDS:
                    yield Leaf(name, inner_info, kept[inner], inner, is_of_part=True)
        elif name in resource.embedded:
            for inner, inner_info in resource.embedded[name].model_fields.items():
                yield Leaf(name, inner_info, columns[f"{name}_{inner}"], inner)
        else:
            yield Leaf(name, info, columns.get(name))


def heading_of(info: FieldInfo) -> str:
    """The heading that a field's declaration gives it; empty if it gives none."""
    # For an annotated type, pydantic keeps SQLModel's notes only in the metadata.
    kept = (getattr(note, "sa_column_kwargs", None) for note in info.metadata)
    notes = (note["info"] for note in kept if isinstance(note, dict))
    return next((str(note["heading"]) for note in notes if "heading" in note), "")


def title_of(resource: Declaration, leaf: Leaf) -> str:
    """The heading of a leaf as it is printed: «Название», «Участники: роль»."""
    title = heading_of(leaf.info)
    return (
        f"{heading_of(resource.write.model_fields[leaf.field])}: {title}" if leaf.inner else title
    )
