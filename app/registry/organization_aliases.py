"""Organization aliases: other spellings of organizations' names in lists."""

from app.access.rows import REGISTER
from app.model.columns import folded, line, reference
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints
from app.model.resource import Resource
from app.model.values import Id, Line


class OrganizationAliasWrite(Write):
    """Другое написание названия организации, по которому её узнают загружаемые списки."""

    organization_id: Id = reference("organizations", "Организация")
    alias: Line = line(
        "Написание; регистр, кавычки и «ё» при сравнении не важны", heading="Написание"
    )


class OrganizationAlias(OrganizationAliasWrite, Tenant, Record, table=True):
    """A row of organization_aliases; a folded alias is unique in a municipality."""

    __tablename__ = "organization_aliases"
    __table_args__ = constraints()

    alias_key: str = folded("alias")
    natural_key: str = folded("municipality_id", "alias", unique=True)
    search_key: str = folded("alias")


organization_aliases = Resource(
    name="organization_aliases",
    titles=Titles(
        "Другие названия организаций", "другое название организации", "других названий организаций"
    ),
    row=OrganizationAlias,
    write=OrganizationAliasWrite,
    called=("{alias}",),
    access=REGISTER,
    period=None,
    hangs_on=("organization_id",),
    immutable=("organization_id",),
    sorts=("alias",),
    example={"organization_id": "$school", "alias": "Отар-Дубровская школа"},
    change={"alias": "Прежнее название"},
)
