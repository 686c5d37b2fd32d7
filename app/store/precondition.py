"""Preconditions: what a caller says of the version that it saw, and whether it still holds."""

from dataclasses import dataclass

from app.model.drafts import Stored
from app.problems import PreconditionRequired, Stale


@dataclass(frozen=True)
class Precondition:
    """What the caller says of the version that it saw (RFC 9110, 13.1)."""

    any: bool = False
    versions: frozenset[int] = frozenset()
    given: bool = False
    create_only: bool = False

    def hold(self, stored: Stored | None) -> None:
        """Refuse what does not meet it.

        Raises:
            Stale: the record is another one than the caller saw, or exists against its wish.

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
        """Refuse a change that does not say which version it changes.

        Raises:
            PreconditionRequired: there is no If-Match.

        """
        if not self.given:
            raise PreconditionRequired(etag=f'"{stored.version}"')


FREE = Precondition()
