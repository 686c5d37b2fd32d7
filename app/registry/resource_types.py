"""Resource types: what organizations count, lend and lack, shared or a municipality's own."""

from typing import Any

from app.access.roles import Role
from app.access.rows import SHARED
from app.findings import fault
from app.model.columns import Choice, choice, code, folded, line
from app.model.declaration import Titles
from app.model.record import Record, Shareable, constraints
from app.model.resource import Resource
from app.model.values import Line
from app.registry.usage_rules import fixed_once_used

TYPE_IN_USE = fault(
    "resource_type_in_use",
    "Этот вид ресурса уже используется, поэтому род и единица измерения не меняются. Заведите "
    "новый вид.",
    "Records use this resource type, so its kind and unit stay. Make a new type.",
)


class ResourceKind(Choice):
    """What kind of resource a type is."""

    STAFF = "staff", "кадровые"
    FACILITY = "facility", "помещения, площадки"
    EQUIPMENT = "equipment", "оборудование"
    INFORMATIONAL = "informational", "информационные"
    METHODICAL = "methodical", "методические"
    OTHER = "other", "другие"


class ResourceTypeWrite(Shareable):
    """Вид ресурса: общий (без муниципалитета) или свой у муниципалитета."""

    code: Line = code("Код вида", length=500)
    title: Line = line("Название")
    kind: ResourceKind = choice("Род ресурса", ResourceKind)
    unit: Line = line("Единица измерения")


class ResourceType(ResourceTypeWrite, Record, table=True):
    """A row of resource_types; a code names one in a municipality, and one of the shared."""

    __tablename__ = "resource_types"
    __table_args__: Any = constraints()

    natural_key: str = folded("municipality_id", "code", unique=True)
    code_key: str = folded("code")
    title_key: str = folded("title")
    search_key: str = folded("code", "title")


resource_types = Resource(
    name="resource_types",
    titles=Titles("Виды ресурсов", "вид ресурса", "видов ресурсов"),
    row=ResourceType,
    write=ResourceTypeWrite,
    called=("{title}",),
    # Nothing in these kinds concerns the auditor.
    access={role: grant for role, grant in SHARED.items() if role != Role.AUDITOR},
    period=None,
    rules=(
        fixed_once_used(
            "kind",
            "unit",
            by=("resource_balances.resource_type_id", "shared_resources.resource_type_id"),
            otherwise=TYPE_IN_USE,
        ),
    ),
    sorts=("code", "title"),
    example={
        "municipality_id": "$municipality",
        "code": "physics_teacher",
        "title": "Учитель физики",
        "kind": "staff",
        "unit": "ставка",
    },
    change={"title": "Учитель физики и астрономии"},
)
