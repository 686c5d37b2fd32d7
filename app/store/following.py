"""Following: what is read from a text follows it when it changes, and former values are kept.

A form and a list send back everything that they showed. What is derived from a changed text comes
back as it was shown, and so do the former names of whoever gets a new one. So such a value counts
as given only if it was changed too. The body of a PUT replaces the record whatever it was, so there
every given value counts.
"""

from collections.abc import Collection, Iterable

from app.model.drafts import Draft, Stored
from app.model.resource import Resource


def follow(resource: Resource, drafts: Iterable[Draft], given: Collection[str] = ()) -> None:
    """Bring changed records up to date, except the `given` fields of the body."""
    changed = [(draft, draft.stored) for draft in drafts if draft.stored]
    _derive(resource, changed, given)
    for name in resource.remembers.keys() - {*given}:
        for draft, stored in changed:
            if draft.parts[name] == stored.parts[name]:
                draft.parts[name] = resource.remembers[name](draft)


def _derive(
    resource: Resource, changed: Iterable[tuple[Draft, Stored]], given: Collection[str]
) -> None:
    for derivation in resource.derived:
        name = derivation.part
        kept = {column for field in given for column in resource.kept_in.get(field, ())}
        if name in given or not kept.isdisjoint(derivation.columns):
            continue
        for draft, stored in changed:
            if name:
                draft.parts[name] = derivation.rows_anew(draft.parts[name], stored.parts[name])
            else:
                draft.columns |= derivation.anew(draft.columns, stored.columns)
