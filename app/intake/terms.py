"""Terms: the parameters of an upload."""

import uuid
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from app.findings import fault
from app.intake.sheets.shapes import Asked
from app.model.columns import Choice


class ImportMode(Choice):
    """Whether anything is to be written."""

    DRY_RUN = "dry_run", "только проверить"
    COMMIT = "commit", "записать"


class OnError(Choice):
    """What happens to a list with refused rows."""

    ABORT = "abort", "ничего не записывать, если есть ошибки"
    SKIP = "skip", "записать строки без ошибок"


class Basis(Choice):
    """The legal basis for processing personal data (152-ФЗ, article 6)."""

    CONSENT = "consent", "согласие"
    STATUTORY_FUNCTION = "statutory_function", "полномочия органа"
    CONTRACT = "contract", "договор"


BASIS_MISSING = fault(
    "processing_basis_missing",
    "В списке названы люди. Укажите основание обработки их персональных данных (processing_basis).",
    "The list names persons. Give the legal basis for processing their data: processing_basis.",
)

STANDING = ("event_id", "activity_id", "program_id", "organization_id")
"""Parameters that name a record."""


@dataclass(frozen=True)
class Terms:
    """The parameters of an upload; some give values for columns that the list lacks."""

    mode: ImportMode
    on_error: OnError = OnError.ABORT
    program_id: uuid.UUID | None = None
    event_id: uuid.UUID | None = None
    activity_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    participated_on: date | None = None
    processing_basis: Basis | None = None
    create_teachers: bool = False
    namesakes: str | None = None
    """`new`: a teacher known only at another organization is another person."""
    fill_down: AbstractSet[str] = frozenset({"organization_id", "activity"})
    """Columns whose empty cells repeat the cell above, as merged cells do."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Fields of headings, given by the uploader; an empty field excludes the column."""
    asked: Asked = field(default_factory=Asked)

    @property
    def standing(self) -> dict[str, uuid.UUID]:
        """The parameters that give a value for every row."""
        values = {name: getattr(self, name) for name in STANDING}
        return {name: value for name, value in values.items() if value}

    @property
    def is_dry(self) -> bool:
        """Whether nothing is to be written."""
        return self.mode == ImportMode.DRY_RUN

    @property
    def lacks_basis(self) -> bool:
        """Whether no person may be written, because the legal basis is not given."""
        return not self.is_dry and self.processing_basis is None
