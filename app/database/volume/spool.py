"""Spool: a long list of plain tuples, of which only the last few thousand stay in memory."""

import marshal
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any, Generic, NamedTuple, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])

HELD = 5_000
"""Tuples that stay in memory."""


class _Block(NamedTuple):
    """The place of some tuples in the file."""

    at: int
    size: int


class Spool(Generic[T]):
    """Tuples of texts, numbers and such tuples, in the order in which they were added.

    Nothing may be added while it is being read.
    """

    def __init__(self, make: Callable[[tuple[object, ...]], T]) -> None:
        """`make` turns a plain tuple into the type of the list again."""
        self._make = make
        self._last: list[T] = []
        self._blocks: list[_Block] = []
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return HELD * len(self._blocks) + len(self._last)

    def __iter__(self) -> Iterator[T]:
        kept = chain.from_iterable(map(self._read, self._blocks))
        return chain(map(self._make, kept), self._last)

    def append(self, item: T) -> None:
        """Add a tuple."""
        self.extend((item,))

    def extend(self, items: Iterable[T]) -> None:
        """Add several tuples."""
        self._last.extend(items)
        while len(self._last) > HELD:
            self._write(self._last[:HELD])
            del self._last[:HELD]

    def cut(self, length: int) -> None:
        """Remove all but the first `length` tuples."""
        while length < HELD * len(self._blocks):
            self._last = list(map(self._make, self._read(self._blocks.pop())))
        del self._last[length - HELD * len(self._blocks) :]

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _write(self, items: list[T]) -> None:
        # The file has no name, so its content is gone when the process ends.
        file = self._file = self._file or TemporaryFile()  # noqa: SIM115 - kept open
        at = self._blocks[-1].at + self._blocks[-1].size if self._blocks else 0
        file.seek(at)
        self._blocks.append(_Block(at, file.write(marshal.dumps(list(map(tuple, items))))))

    def _read(self, block: _Block) -> list[tuple[object, ...]]:
        assert self._file  # noqa: S101 - blocks are in the file
        self._file.seek(block.at)
        tuples: list[tuple[object, ...]] = marshal.loads(self._file.read(block.size))  # noqa: S302 - our own
        return tuples
