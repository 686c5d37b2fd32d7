"""Measures: what monitoring observes; shared by all municipalities or owned by one."""

from typing import Any

from app.access.rows import SHARED
from app.findings import fault
from app.model.columns import Choice, choice, code, folded, line
from app.model.declaration import Titles
from app.model.record import Record, Shareable, constraints
from app.model.resource import Resource
from app.model.values import Line
from app.registry.usage_rules import fixed_once_used

MEASURE_IN_USE = fault(
    "measure_in_use",
    "По этому показателю уже есть записи мониторинга или подтверждения результатов, поэтому "
    "единица и вид значения не меняются. Заведите новый показатель.",
    "Monitoring records or criteria use this measure, so its unit and kind stay. Make a new one.",
)


class ValueKind(Choice):
    """What a value of the measure is."""

    NUMBER = "number", "число"
    TEXT = "text", "текст"


class MeasureWrite(Shareable):
    """Показатель мониторинга: общий (без муниципалитета) или свой у муниципалитета."""

    code: Line = code("Код показателя", length=500)
    title: Line = line("Название")
    unit: Line | None = line("Единица измерения", default=None)
    value_kind: ValueKind = choice("Вид значения", ValueKind)


class Measure(MeasureWrite, Record, table=True):
    """A row of measures; a code names one in a municipality, and one of the shared."""

    __tablename__ = "measures"
    __table_args__: Any = constraints()

    natural_key: str = folded("municipality_id", "code", unique=True)
    code_key: str = folded("code")
    title_key: str = folded("title")
    search_key: str = folded("code", "title")


measures = Resource(
    name="measures",
    titles=Titles("Показатели мониторинга", "показатель мониторинга", "показателей мониторинга"),
    row=Measure,
    write=MeasureWrite,
    called=("{title}",),
    access=SHARED,
    period=None,
    rules=(
        fixed_once_used(
            "unit",
            "value_kind",
            by=("monitoring_records.measure_id", "result_criteria.measure_id"),
            otherwise=MEASURE_IN_USE,
        ),
    ),
    sorts=("code", "title"),
    example={
        "municipality_id": "$municipality",
        "code": "ege_math_mean",
        "title": "Средний балл ЕГЭ по математике",
        "unit": "балл",
        "value_kind": "number",
    },
    change={"title": "Доля сдавших ЕГЭ по математике"},
)
