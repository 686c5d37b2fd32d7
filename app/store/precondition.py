"""Preconditions: the version that a caller saw, compared with the stored one."""

from dataclasses import dataclass

from app.model.drafts import Stored
from app.problems import PreconditionRequired, Stale

VERSION = "[1-9][0-9]{0,17}"
"""The form of a record's version in an ETag, as a regular expression."""

RECORD_TAG = rf"{VERSION}(-[0-9a-f]{{32}})?"
"""The ETag of a record; with names (`names=true`) it also says which names were shown."""


@dataclass(frozen=True)
class Precondition:
    """What If-Match and If-None-Match say (RFC 9110, 13.1)."""

    any: bool = False
    versions: frozenset[int] = frozenset()
    given: bool = False
    create_only: bool = False

    def hold(self, stored: Stored | None) -> None:
        """Refuse a record that does not meet the precondition.

        Raises:
            Stale: the record has another version, or exists although it was to be created.

        """
        if stored is None:
            if self.given:
                raise Stale
            return
        current = {"ETag": f'"{stored.version}"'}
        if self.create_only:
            raise Stale(headers=current)
        if self.given and not self.any and stored.version not in self.versions:
            raise Stale(headers=current)

    def demand(self, stored: Stored) -> None:
        """Refuse a change without If-Match.

        Raises:
            PreconditionRequired: there is no If-Match.

        """
        if not self.given:
            raise PreconditionRequired(etag=f'"{stored.version}"')


FREE = Precondition()


ANY = Precondition(any=True, given=True)
"""Whatever version is stored."""
