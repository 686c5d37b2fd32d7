"""Labels: the words for those codes of answers that are no values of an enumeration."""

from itertools import chain
from typing import get_args

from app.findings import Words
from app.indicators.codes import ItemType
from app.model.columns import Choice
from app.registry import KINDS
from app.registry.activities import Direction
from app.registry.designations import DesignationCategory
from app.registry.interaction import InteractionForm
from app.registry.network_curricula import CurriculumKind
from app.registry.organizations import OrganizationKind
from app.registry.partnerships import PartnershipBasis
from app.registry.program_parts import ProvisionCode, ResultLevel
from app.registry.resource_uses import UseBasis

ITEMS: dict[str, Words] = {
    **{name: KINDS[name].spoken_name for name in get_args(ItemType) if name in KINDS},
    "forms": Words("Формы взаимодействия", "forms of interaction"),
    "provisions": Words("Положения программы", "provisions of the program"),
    "results": Words("Ожидаемые результаты", "expected results"),
}
"""What an indicator counts."""

_DIVIDED: tuple[type[Choice], ...] = (
    OrganizationKind,
    DesignationCategory,
    Direction,
    PartnershipBasis,
    InteractionForm,
    CurriculumKind,
    UseBasis,
    ProvisionCode,
    ResultLevel,
)

PARTS: dict[str, Words] = {
    **{each.value: each.words for each in chain.from_iterable(_DIVIDED)},
    "low_results_only": Words("только ШНОР", "low results only"),
    "disadvantaged_only": Words("только ШНСУ", "disadvantaged conditions only"),
    "both": Words("и ШНОР, и ШНСУ", "both categories"),
    "qualitative": Words("качественные результаты", "qualitative results"),
}
"""By what the breakdown of an indicator divides."""

FLAGS: dict[str, Words] = {
    "headcount_below_participants": Words(
        "участвовало больше педагогов, чем заявлено", "more teachers attended than were declared"
    ),
}
"""What is doubtful in the data."""
