"""Mutations: valid files with a few bytes changed, as bad lines and bad people change them."""

import random
from collections.abc import Mapping

from tests.sheets.workbooks import packed

MARKS = [
    b"\0",
    b'"',
    b";",
    b"\r",
    b"\n",
    b"\xff\xfe",
    b"\xd0",
    b"<",
    b"&",
    b"PK\1\2",
    b"=",
    b"sep=x\n",
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four changes."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((1, 1, 2, 4, 40, 400)))
        piece = chance.choice(
            (
                b"",
                chance.choice(MARKS),
                chance.randbytes(to - at),
                data[at:to] * 2,
                b"\xff" * (to - at),
                bytes([data[at] ^ 1 << chance.randrange(8)]) if at < len(data) else b"",
            )
        )
        data = data[:at] + piece + data[to:]
    return data


def mutated_part(content: Mapping[str, str | bytes], chance: random.Random) -> bytes:
    """A sound archive with one unsound part: what the checks of the archive let through."""
    name = chance.choice(sorted(content))
    data = content[name]
    spoilt = mutated(data.encode() if isinstance(data, str) else data, chance)
    return packed({**content, name: spoilt})
