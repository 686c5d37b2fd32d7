"""Use rules: who may lend a resource to whom, and which papers such a use rests on."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.findings import Fault, Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.organizations import OrganizationKind, organizations
from app.registry.shared_resources import shared_resources
from app.store.lookups import columns_of

USES_ITS_OWN = fault(
    "uses_its_own",
    "Организация не предоставляет ресурс сама себе. Укажите другого пользователя.",
    "An organization does not lend to itself. Name another user.",
)
NOT_ITS_RESOURCE = fault(
    "not_its_resource",
    "Этот ресурс другой организации. Предоставляет его она сама или юридическое лицо, в которое "
    "она входит.",
    "The resource is another organization's: that one or its legal person lends it.",
)
BASIS_MISSING = fault(
    "basis_missing",
    "Нет договора или соглашения (act_id). Внесите его в документы и укажите здесь.",
    "There is no contract or agreement (act_id). Enter it as a legal act and name it here.",
)
ASSESSMENT_MISSING = fault(
    "assessment_missing",
    "Нет заключения об оценке последствий (assessment_act_id): оно нужно до договора. Внесите его "
    "и укажите здесь.",
    "There is no assessment of consequences (assessment_act_id), which comes before the contract. "
    "Enter it and name it here.",
)
CONSENT_MISSING = fault(
    "consent_missing",
    "Нет согласия собственника (consent_act_id). Внесите его и укажите здесь.",
    "There is no consent of the owner (consent_act_id). Enter it and name it here.",
)

PUBLIC = frozenset(
    {
        OrganizationKind.EDUCATION_AUTHORITY,
        OrganizationKind.GENERAL_SCHOOL,
        OrganizationKind.ADDITIONAL_EDUCATION,
        OrganizationKind.PRESCHOOL,
    }
)
"""Providers whose property is the municipality's: lending it needs an assessment of consequences
(Government decree 1194 of 24.07.2023) and, as we read it, the owner's consent."""

TRANSFERS = frozenset({"free_use", "lease"})
"""Bases that pass property into another's possession."""

PAPERS: dict[str, Fault] = {
    "act_id": BASIS_MISSING,
    "assessment_act_id": ASSESSMENT_MISSING,
    "consent_act_id": CONSENT_MISSING,
}


def papers_of(basis: str, provider: str | None) -> tuple[str, ...]:
    """The fields of the acts that a use needs by its basis and its provider's kind."""
    return tuple(PAPERS) if basis in TRANSFERS and provider in PUBLIC else ("act_id",)


def papers_are_there(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A use rests on its act; where property is passed on, also on assessment and consent."""
    ids = {draft.columns["provider_id"] for draft in drafts}
    providers = columns_of(tx, organizations.table, ids, "parent_id")
    # The property is the legal person's, whatever the unit is that lends it.
    persons: dict[object, Any] = {key: row.parent_id or key for key, row in providers.items()}
    kinds = columns_of(tx, organizations.table, persons.values(), "kind")
    for draft in drafts:
        provider = draft.columns["provider_id"]
        person = kinds.get(persons.get(provider, provider))
        for name in papers_of(draft.columns["basis"], person.kind if person else None):
            if draft.columns[name] is None:
                yield draft.finds(PAPERS[name], f"/{name}")


def nobody_lends_to_itself(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Provider and user are not one legal person."""
    sides = ("provider_id", "user_id")
    ids = (draft.columns[name] for draft in drafts for name in sides)
    found = columns_of(tx, organizations.table, ids, "parent_id")
    persons = {key: row.parent_id or key for key, row in found.items()}
    for draft in drafts:
        provider, user = (draft.columns[name] for name in sides)
        if persons.get(provider, provider) == persons.get(user, user):
            yield draft.finds(USES_ITS_OWN, "/user_id")


def provider_has_the_resource(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The provider is the organization of the resource, or its legal person."""
    resources = columns_of(
        tx,
        shared_resources.table,
        (draft.columns["resource_id"] for draft in drafts),
        "organization_id",
    )
    holders = columns_of(
        tx, organizations.table, (row.organization_id for row in resources.values()), "parent_id"
    )
    for draft in drafts:
        resource = resources.get(draft.columns["resource_id"])
        holder = holders.get(resource.organization_id) if resource else None
        if holder and draft.columns["provider_id"] not in {holder.id, holder.parent_id}:
            yield draft.finds(NOT_ITS_RESOURCE, "/provider_id")
