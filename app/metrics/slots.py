"""Slots: memory that the workers of a service share, in which each lays what it has counted.

It is made before the workers are forked, so that whichever of them is asked can tell of all. No
file is needed, which a full disk could spoil and a later start would have to clear away.
"""

import mmap
import os
import struct
import zlib
from collections.abc import Iterator

SIZE = 1024 * 1024
"""Bytes of a slot; memory is taken for those alone that are written to."""

_HEAD = struct.Struct("=III")
"""Owner, length and checksum of what is laid down."""

_ATTEMPTS = 3
"""How often a slot is read that its owner is writing to."""


class Slots:
    """A slot for each worker."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._memory = mmap.mmap(-1, count * SIZE)
        self._at = 0

    def claim(self) -> None:
        """Take a slot whose owner has ended; a worker does so when it starts."""
        free = (at for at in range(0, self.count * SIZE, SIZE) if not self._owner(at))
        self._at = next(free, 0)
        _HEAD.pack_into(self._memory, self._at, os.getpid(), 0, 0)

    def release(self) -> None:
        """Give the slot back; what was counted is told no more."""
        _HEAD.pack_into(self._memory, self._at, 0, 0, 0)

    def lay(self, text: bytes) -> None:
        """Replace what lies in the own slot.

        Raises:
            ValueError: it is too long for a slot.

        """
        if len(text) > SIZE - _HEAD.size:
            raise ValueError(f"{len(text)} bytes do not fit into a slot")
        # Another worker, which started in the same moment, may have taken the slot too.
        if self._owner(self._at) != os.getpid():
            self.claim()
        start = self._at + _HEAD.size
        self._memory[start : start + len(text)] = text
        _HEAD.pack_into(self._memory, self._at, os.getpid(), len(text), zlib.crc32(text))

    def laid(self) -> Iterator[tuple[int, bytes]]:
        """What lies in each slot whose owner runs, with the number of the slot."""
        for place in range(self.count):
            if self._owner(place * SIZE) and (text := self._read(place * SIZE)):
                yield place, text

    def _read(self, at: int) -> bytes:
        """What lies in a slot; empty while nothing does, or if it changes all the time."""
        for _ in range(_ATTEMPTS):
            _, length, checksum = _HEAD.unpack_from(self._memory, at)
            text = self._memory[at + _HEAD.size : at + _HEAD.size + length]
            if zlib.crc32(text) == checksum:
                return text
        return b""

    def _owner(self, at: int) -> int:
        """The process that a slot belongs to; 0 if it has ended."""
        owner: int = _HEAD.unpack_from(self._memory, at)[0]
        try:
            os.kill(owner or os.getpid(), 0)
        except ProcessLookupError:
            return 0
        return owner
