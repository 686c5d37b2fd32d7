"""Declarations: what a kind of record must say of itself, or the service does not start."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.model.grants import WRITES, Reach, Verb

if TYPE_CHECKING:
    from app.model.grants import Grant
    from app.model.resource import Resource

ORGANIZATIONS = "organizations"


def demand_whole(resource: "Resource") -> None:
    """Refuse a declaration that leaves open who may do what with its records.

    Raises:
        ValueError: one sentence for each thing to add.

    """
    if lacks := list(dict.fromkeys(_lacks(resource))):
        raise ValueError("\n".join(f"{resource.name}: {sentence}" for sentence in lacks))


def _lacks(resource: "Resource") -> Iterator[str]:
    if not resource.access:
        yield "Nothing says who may do what. Add access={Role.…: Grant(…)}, the grants by role."
    for grant in resource.access.values():
        yield from _open_reaches(resource, grant)
        yield from _unknown_fields(resource, grant)
    if isinstance(resource.owner, str):
        yield from _no_owner_column(resource, resource.owner)


def _open_reaches(resource: "Resource", grant: "Grant") -> Iterator[str]:
    """Reaches that need more than the grant to be understood."""
    reaches = {grant.read, grant.write}
    if Reach.OWN in reaches and resource.owner is None:
        yield (
            "A grant says OWN, but nothing says whose a record is. "
            'Add owner="<the column that names the organization>".'
        )
    if grant.write == Reach.OWN and callable(resource.owner) and grant.read != Reach.OWN:
        yield (
            "Its owner is a condition, which only reading applies. "
            "Let the grant that writes OWN read OWN too, or name a column as owner."
        )
    if reaches & {Reach.OPEN, Reach.SHARED} and not resource.is_shareable:
        yield "A grant says OPEN or SHARED, but none of its records is shared. Say SCOPE."
    if Reach.ACCEPTED in reaches and not _knows_accepted(resource):
        yield 'A grant says ACCEPTED. Add a workflow with a state "accepted".'
    if grant.write in {Reach.OPEN, Reach.ACCEPTED} or grant.read == Reach.SOURCE:
        yield "OPEN and ACCEPTED are read, SOURCE is written. Choose another reach."
    if (grant.write and not grant.verbs) or not grant.verbs <= WRITES:
        yield "A grant writes with verbs that do not write. Name CREATE, CHANGE or DELETE."
    if Verb.CREATE in grant.verbs and Verb.CHANGE not in grant.verbs:
        yield "A grant creates and does not change, but PUT by key and lists do both. Add CHANGE."


def _knows_accepted(resource: "Resource") -> bool:
    return resource.workflow is not None and "accepted" in resource.workflow.steps


def _unknown_fields(resource: "Resource", grant: "Grant") -> Iterator[str]:
    for name in sorted((grant.fields or frozenset()) - resource.write.model_fields.keys()):
        yield f"A grant names the field {name}, which its body does not have. Leave it out."


def _no_owner_column(resource: "Resource", name: str) -> Iterator[str]:
    column = resource.table.c.get(name)
    targets = {key.target_fullname for key in column.foreign_keys} if column is not None else set()
    is_itself = name == "id" and resource.table.name == ORGANIZATIONS
    if not is_itself and targets != {f"{ORGANIZATIONS}.id"}:
        yield f"Its owner is {name}, which is no column that refers to organizations."
