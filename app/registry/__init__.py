"""Registry: every kind of record that the service keeps, as one table of contents."""

from app.access import matrix
from app.model.kinds import Kinds
from app.model.resource import Resource
from app.registry.activities import activities
from app.registry.assessment_results import assessment_results
from app.registry.designations import designations
from app.registry.employments import employments
from app.registry.events import events
from app.registry.funding_entries import funding_entries
from app.registry.headcounts import headcounts
from app.registry.initiative_members import initiative_members
from app.registry.initiatives import initiatives
from app.registry.legal_acts import legal_acts
from app.registry.measures import measures
from app.registry.monitoring import monitoring_records
from app.registry.municipalities import municipalities
from app.registry.network_curricula import network_curricula
from app.registry.network_groups import network_groups
from app.registry.organization_aliases import organization_aliases
from app.registry.organizations import organizations
from app.registry.participations import participations
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.registry.resource_balances import resource_balances
from app.registry.resource_types import resource_types
from app.registry.resource_uses import resource_uses
from app.registry.result_criteria import result_criteria
from app.registry.schedule_slots import schedule_slots
from app.registry.shared_resources import shared_resources
from app.registry.teachers import teachers

RESOURCES: tuple[Resource, ...] = (
    municipalities,
    organizations,
    organization_aliases,
    legal_acts,
    programs,
    designations,
    partnerships,
    activities,
    events,
    teachers,
    employments,
    headcounts,
    participations,
    measures,
    monitoring_records,
    resource_types,
    resource_balances,
    shared_resources,
    resource_uses,
    network_curricula,
    network_groups,
    schedule_slots,
    funding_entries,
    assessment_results,
    result_criteria,
    initiatives,
    initiative_members,
)
"""In the order of the catalogue."""

KINDS = Kinds(RESOURCES)
"""The same by name, with what leads from one to another."""

matrix.enter(RESOURCES)
