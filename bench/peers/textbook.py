"""The textbook side: SQLModel as its tutorial serves records, over the service's own tables.

A session in a generator dependency, `def` endpoints, `response_model`. uvicorn runs it from this
folder (`bench.peers.sides`), so that `bench` is not imported: the settings of Python that the
service has are not this side's. `PEERS_DATABASE` is SQLAlchemy's URL.
"""

import os
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlmodel import Session, SQLModel, col, create_engine, select

from app.registry.organizations import Organization
from app.registry.participations import Participation

# The tutorial's engine keeps five connections and opens others anew for each request beyond.
engine = create_engine(os.environ["PEERS_DATABASE"], pool_size=16)

app = FastAPI()


class OrganizationPublic(SQLModel):
    """An organization, as it is answered."""

    id: uuid.UUID
    version: int
    created_at: datetime
    updated_at: datetime
    source: str | None
    source_key: str | None
    municipality_id: uuid.UUID
    kind: str
    full_name: str
    short_name: str
    name_tt: str | None
    inn: str | None
    kpp: str | None
    ogrn: str | None
    parent_id: uuid.UUID | None
    address: str | None
    phone: str | None
    email: str | None
    opened_on: date | None
    closed_on: date | None
    successor_id: uuid.UUID | None


class ParticipationPublic(SQLModel):
    """A participation, as it is answered."""

    id: uuid.UUID
    version: int
    created_at: datetime
    updated_at: datetime
    source: str | None
    source_key: str | None
    municipality_id: uuid.UUID
    teacher_id: uuid.UUID
    event_id: uuid.UUID
    organization_id: uuid.UUID
    role: str
    status: str
    mode: str | None
    participated_on: date
    hours: Decimal | None


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


@app.get("/organizations/{organization_id}", response_model=OrganizationPublic)
def read_organization(organization_id: uuid.UUID, session: SessionDep) -> Organization:
    organization = session.get(Organization, organization_id)
    if not organization:
        raise HTTPException(status_code=404, detail="Organization not found")
    return organization


@app.get("/participations", response_model=list[ParticipationPublic])
def read_participations(
    event_id: uuid.UUID,
    session: SessionDep,
    offset: int = 0,
    limit: Annotated[int, Query(le=100)] = 100,
) -> Sequence[Participation]:
    found = select(Participation).where(Participation.event_id == event_id)
    return session.exec(found.order_by(col(Participation.id)).offset(offset).limit(limit)).all()
