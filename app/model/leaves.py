"""Leaves: the fields of a kind that hold one value each; those of parts and objects by a path."""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from pydantic.fields import FieldInfo
from sqlmodel import SQLModel

from app.model.declaration import Declaration
from app.model.record import PART_FIELDS


class Leaf(NamedTuple):
    """One value of a record, of a part of it or of an object in it."""

    field: str
    """The field of the body."""
    info: FieldInfo
    column: sa.Column[object] | None
    """None where the value is never stored."""
    inner: str = ""
    """The field of the part or object, if `field` is one."""
    is_of_part: bool = False
    """Whether a record has it once for each of its parts."""

    @property
    def path(self) -> str:
        """The value's name in a list: `title`, `members.role`, `term.kind`."""
        return f"{self.field}.{self.inner}" if self.inner else self.field


def leaves(resource: Declaration) -> Iterator[Leaf]:
    """The leaves of a kind in the order of its body."""
    columns = resource.table.c
    for name, info in resource.write.model_fields.items():
        if name in resource.parts:
            part = resource.parts[name]
            kept = SQLModel.metadata.tables[str(part.__tablename__)].c
            for inner, each in part.model_fields.items():
                if inner not in PART_FIELDS:
                    yield Leaf(name, each, kept[inner], inner, is_of_part=True)
        elif name in resource.embedded:
            for inner, each in resource.embedded[name].model_fields.items():
                yield Leaf(name, each, columns[f"{name}_{inner}"], inner)
        else:
            yield Leaf(name, info, columns.get(name))


def heading_of(info: FieldInfo) -> str:
    """What the declaration of a field calls it in lists; empty where it does not say."""
    # Of a field with an annotated type pydantic keeps no more than the metadata of SQLModel's.
    kept = (getattr(each, "sa_column_kwargs", None) for each in info.metadata)
    notes = (each["info"] for each in kept if isinstance(each, dict))
    return next((str(each["heading"]) for each in notes if "heading" in each), "")


def title_of(resource: Declaration, leaf: Leaf) -> str:
    """The heading of a leaf as lists print it: «Название», «Участники: роль»."""
    title = heading_of(leaf.info)
    return (
        f"{heading_of(resource.write.model_fields[leaf.field])}: {title}" if leaf.inner else title
    )
