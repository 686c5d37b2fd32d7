"""Shapes: where answers have ids and codes, compiled from the kinds and from types of answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

import sqlalchemy as sa
from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType, is_typeddict

from app.findings import Words
from app.model.columns import Choice
from app.model.declaration import table_of
from app.model.graph import reference_columns, target_of
from app.model.headings import closed_list
from app.model.kinds import Kinds
from app.model.resource import Resource
from app.rest.mentions import Found, Labelled, Place, Places, Shape, Walk
from app.rest.schemas import RECORD, Schemas, singular_of


class Shapes:
    """The shapes of all answers by the names of their schemas."""

    def __init__(
        self,
        kinds: Kinds,
        described: Schemas,
        words: Mapping[type[Choice], Mapping[str, Words]],
    ) -> None:
        """`words` are said instead of the labels that some enumerations declare."""
        self.enumerations: set[type[Choice]] = set()
        """All enumerations that answers speak."""
        self._kinds = kinds
        self._words = words
        self._walks = {kind.name: self._of_kind(kind) for kind in kinds.all}
        self._shapes: dict[str, Shape] = {}
        self._of_records: dict[str, Shape] = {}
        for kind in kinds.all:
            walk, singular = self._walks[kind.name], singular_of(kind)
            places = self._places(kind)
            page = _object([("items", _each(walk))])
            self._of_records[kind.name] = Shape(walk, None, places)
            self._shapes[f"{singular}Read"] = self._of_records[kind.name]
            self._shapes[f"{singular}Page"] = Shape(page, None, places)
        hints = self._hints()
        for name, (answer, _) in described.items():
            self._shapes[name] = Shape(self._of(answer), hints)

    def __getitem__(self, schema: str) -> Shape:
        return self._shapes[schema]

    def of_record(self, kind: str) -> Shape:
        """The shape of one record of a kind."""
        return self._of_records[kind]

    def __contains__(self, schema: object) -> bool:
        return schema in self._shapes

    def _places(self, kind: Resource) -> Places | None:
        """The fields by which ids and codes are found in the text of records of a kind.

        None if a field has one meaning in the record and another in a part of it.
        """
        places: dict[str, Place] = {"id": Place(kind.name)}
        for name, place in self._all_places(kind):
            if place is None or places.setdefault(name, place) != place:
                return None
        return Places(places)

    def _all_places(self, kind: Resource) -> Iterator[tuple[str, Place | None]]:
        tables: list[tuple[sa.Table | None, type[BaseModel]]] = [(kind.table, kind.read)]
        for name, part in kind.parts.items():
            (body,) = get_args(kind.write.model_fields[name].annotation)
            tables.append((table_of(part), body))
        tables += [(None, model) for model in kind.embedded.values()]
        inner = {*kind.parts, *kind.embedded}
        for table, model in tables:
            for name, _ in self._of_table(table, model):
                column = None if table is None else table.c.get(name)
                if column is not None and column.foreign_keys:
                    yield name, Place(target_of(column).name)
                elif name not in inner:
                    yield name, self._coded_place(model.model_fields[name].annotation)

    def _coded_place(self, annotation: Any) -> Place | None:
        choices = closed_list(annotation)
        is_list = get_origin(annotation) is list
        return Place(words=self._words_of(choices), is_list=is_list) if choices else None

    def _hints(self) -> dict[str, str]:
        """The fields that refer to the same kind wherever they are declared."""
        targets: dict[str, set[str]] = defaultdict(set)
        for kind in self._kinds.all:
            for table in (kind.table, *map(table_of, kind.parts.values())):
                for column in reference_columns(table):
                    targets[column.name].add(target_of(column).name)
        return {name: next(iter(to)) for name, to in targets.items() if len(to) == 1}

    def _of_kind(self, kind: Resource) -> Walk:
        own = self._of_table(kind.table, kind.read)
        return _object([("id", _key(kind.name)), *own, *self._of_inner(kind)])

    def _of_inner(self, kind: Resource) -> Iterator[tuple[str, Walk]]:
        """The parts and objects of a kind that have references or enumerations."""
        for name, part in kind.parts.items():
            (body,) = get_args(kind.write.model_fields[name].annotation)
            if inner := [*self._of_table(table_of(part), body)]:
                yield name, _each(_object(inner))
        for name, model in kind.embedded.items():
            if inner := [*self._of_table(None, model)]:
                yield name, _object(inner)

    def _of_table(
        self, table: sa.Table | None, model: type[BaseModel]
    ) -> Iterator[tuple[str, Walk]]:
        """The references and the enumerations among the fields of a record, part or object."""
        for name, info in model.model_fields.items():
            column = None if table is None else table.c.get(name)
            if column is not None and column.foreign_keys:
                yield name, _key(target_of(column).name)
            elif get_origin(info.annotation) is not list and (walk := self._of(info.annotation)):
                yield name, walk
            elif choices := closed_list(info.annotation):
                yield name, _each(self._coded(choices))

    def _of(self, annotation: Any) -> Walk | None:
        if isinstance(annotation, TypeAliasType):
            return self._of(annotation.__value__)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._of_annotated(*arguments)
        if origin in {Union, UnionType, NotRequired}:
            return next(filter(None, map(self._of, arguments)), None)
        if origin is Literal:
            return self._of_literal(*arguments)
        if origin in {list, dict} or (isinstance(origin, type) and issubclass(origin, Mapping)):
            return self._of_many(*arguments)
        if isinstance(annotation, type) and issubclass(annotation, Choice):
            return self._coded(annotation)
        is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
        if is_typeddict(annotation) or is_model:
            return self._of_fields(get_type_hints(annotation, include_extras=True))
        return None

    def _of_literal(self, *codes: object) -> Walk | None:
        """The walk of a closed list that is no enumeration: of kinds, or of no texts at all.

        Raises:
            ValueError: nothing says what its codes mean.

        """
        texts = [code for code in codes if isinstance(code, str)]
        if lost := [code for code in texts if code not in self._kinds]:
            raise ValueError(f"{', '.join(lost)}: No words say what this means. Add Labelled(…).")
        words = {name: self._kinds[name].spoken_name for name in texts}
        return _code(words) if words else None

    def _of_annotated(self, annotation: Any, *notes: object) -> Walk | None:
        for note in notes:
            if isinstance(note, Labelled):
                return _code(note.words)
            if isinstance(note, WithJsonSchema) and RECORD in (note.json_schema or {}):
                schema = (note.json_schema or {})[RECORD]
                return next(
                    self._walks[kind.name]
                    for kind in self._kinds.all
                    if f"{singular_of(kind)}Read" == schema
                )
            if isinstance(note, FieldInfo) and isinstance(note.discriminator, str):
                return self._of_one(note.discriminator, get_args(annotation))
        return self._of(annotation)

    def _of_many(self, first: Any, second: Any = None) -> Walk | None:
        if second is None:
            walk = self._of(first)
            return walk and _each(walk)
        keys, values = map(self._of, (first, second))

        def walk_both(value: Mapping[str, Any], found: Found) -> None:
            if keys:
                _each(keys)(value.keys(), found)
            if values:
                _each(values)(value.values(), found)

        return walk_both if keys or values else None

    def _of_fields(self, hints: Mapping[str, Any]) -> Walk | None:
        fields = [(name, walk) for name, hint in hints.items() if (walk := self._of(hint))]
        return _object(fields) if fields else None

    def _of_one(self, by: str, types: Iterable[Any]) -> Walk:
        """The walk of a value of one of several types; a field tells of which."""
        walks = {
            code: self._of(each)
            for each in types
            for code in _codes(get_type_hints(each, include_extras=True)[by])
        }

        def walk_one(value: Mapping[str, Any], found: Found) -> None:
            if walk := walks[value[by]]:
                walk(value, found)

        return walk_one

    def _coded(self, choices: type[Choice]) -> Walk:
        self.enumerations.add(choices)
        return _code(self._words_of(choices))

    def _words_of(self, choices: type[Choice]) -> Mapping[str, Words]:
        own = {each.value: each.words for each in choices}
        return self._words.get(choices, own)


def _key(kind: str) -> Walk:
    def walk(value: str, found: Found) -> None:
        found.ids[kind].add(value)

    return walk


def _code(words: Mapping[str, Words]) -> Walk:
    def walk(value: str, found: Found) -> None:
        found.note(value, words)

    return walk


def _each(walk: Walk) -> Walk:
    def walk_each(values: Any, found: Found) -> None:
        for value in values:
            if value is not None:
                walk(value, found)

    return walk_each


def _object(fields: list[tuple[str, Walk]]) -> Walk:
    def walk_fields(value: Mapping[str, Any], found: Found) -> None:
        for name, walk in fields:
            inner = value.get(name)
            if inner is not None:
                walk(inner, found)

    return walk_fields


def _codes(annotation: Any) -> Iterator[str]:
    """The values of a closed list, also if it has notes."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        yield from _codes(get_args(annotation)[0])
