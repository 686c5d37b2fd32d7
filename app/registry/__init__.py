"""Registry: every kind of record that the service keeps, as one table of contents."""

from app.access import matrix
from app.model.resource import Resource
from app.registry.activities import activities
from app.registry.designations import designations
from app.registry.employments import employments
from app.registry.events import events
from app.registry.headcounts import headcounts
from app.registry.legal_acts import legal_acts
from app.registry.measures import measures
from app.registry.monitoring import monitoring_records
from app.registry.municipalities import municipalities
from app.registry.organization_aliases import organization_aliases
from app.registry.organizations import organizations
from app.registry.participations import participations
from app.registry.partnerships import partnerships
from app.registry.programs import programs
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
)
"""In the order of the catalogue."""

matrix.enter(RESOURCES)
