"""Tokens: the text of a key, `sn_<kid>_<secret><crc32>`."""

import hashlib
import re
import secrets
import string
import zlib

_ALPHABET = string.ascii_letters + string.digits
KID = 12
_SECRET, _SUM = 32, 8
"""Characters; 32 of an alphabet of 62 are 190 bits, so a fast hash suffices."""
LENGTH = len("sn_") + KID + len("_") + _SECRET + _SUM
"""Characters of a key."""
_FORM = re.compile(
    rf"(?P<body>sn_(?P<kid>[A-Za-z0-9]{{{KID}}})_[A-Za-z0-9]{{{_SECRET}}})"
    rf"(?P<sum>[0-9a-f]{{{_SUM}}})"
)


def mint() -> tuple[str, str]:
    """A new key and its public part."""
    kid = _noise(KID)
    body = f"sn_{kid}_{_noise(_SECRET)}"
    return body + _checksum(body), kid


def read(token: str) -> str | None:
    """The public part of a well-formed key, else None; does not query the database."""
    # The length is checked first: a header of a megabyte costs no more than a real key.
    match = _FORM.fullmatch(token) if len(token) == LENGTH else None
    if match is None or match["sum"] != _checksum(match["body"]):
        return None
    return match["kid"]


def hash_of(token: str) -> str:
    """The stored form of a key: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _noise(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):0{_SUM}x}"
