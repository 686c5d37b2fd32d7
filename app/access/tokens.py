"""Tokens: the text that a caller shows to be let in, `sn_<kid>_<secret><crc32>`."""

import hashlib
import re
import secrets
import string
import zlib

_ALPHABET = string.ascii_letters + string.digits
KID = 12
_SECRET, _SUM = 32, 8
"""Characters; 32 of 62 kinds are 190 bits, so no slow hash is needed to keep them."""
_LENGTH = len("sn_") + KID + len("_") + _SECRET + _SUM
_FORM = re.compile(
    rf"(?P<body>sn_(?P<kid>[A-Za-z0-9]{{{KID}}})_[A-Za-z0-9]{{{_SECRET}}})"
    rf"(?P<sum>[0-9a-f]{{{_SUM}}})"
)


def mint() -> tuple[str, str]:
    """A new key and its public part: `sn_<kid>_<secret><crc32>`."""
    kid = _noise(KID)
    body = f"sn_{kid}_{_noise(_SECRET)}"
    return body + _checksum(body), kid


def read(token: str) -> str | None:
    """The public part of what looks like a key, or None; no database is asked for this."""
    # The length first: a header of a megabyte costs no more than a real key.
    found = _FORM.fullmatch(token) if len(token) == _LENGTH else None
    if found is None or found["sum"] != _checksum(found["body"]):
        return None
    return found["kid"]


def hash_of(token: str) -> str:
    """What is kept of a key: the SHA-256 of all of it, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _noise(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):0{_SUM}x}"
