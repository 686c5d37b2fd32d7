"""Result criteria: by what an expected result of a program is confirmed."""

from typing import Any

from app.access.rows import REGISTER
from app.model.columns import Choice, choice, decimal, folded, integer, reference
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints
from app.model.resource import Resource
from app.model.values import MEASURED, Decimals, Id
from app.registry.criterion_rules import (
    criterion_has_its_subject,
    measure_is_a_number,
    result_is_expected,
    threshold_is_comparable,
)
from app.registry.program_parts import IndicatorCode, ResultLevel
from app.registry.rules import agrees
from app.registry.usage_rules import at_hand


class CriterionKind(Choice):
    """What confirms a result."""

    INDICATOR = "indicator", "показатель"
    MEASURE = "measure", "мониторинг"
    ACTIVITY = "activity", "мероприятие"
    DOCUMENT = "document", "документ"


class CriterionOperator(Choice):
    """How a value is compared with the threshold."""

    GTE = "gte", "не менее"
    LTE = "lte", "не более"


class ResultCriterionWrite(Write):
    """Чем подтверждается ожидаемый результат."""

    program_id: Id = reference("programs", "Программа")
    row: int = integer(
        "Строка таблицы или номер качественного результата", 1, 1000, heading="Строка"
    )
    level: ResultLevel | None = choice(
        "Уровень; null: качественный результат", ResultLevel, default=None, heading="Уровень"
    )
    kind: CriterionKind = choice("Чем подтверждается", CriterionKind)
    indicator_code: IndicatorCode | None = choice("Показатель", IndicatorCode, default=None)
    measure_id: Id | None = reference(
        "measures", "Показатель мониторинга", default=None, beyond=True
    )
    activity_id: Id | None = reference("activities", "Мероприятие плана", default=None)
    act_id: Id | None = reference("legal_acts", "Документ", default=None)
    operator: CriterionOperator | None = choice(
        "Сравнение; null: не менее", CriterionOperator, default=None, heading="Сравнение"
    )
    threshold: Decimals | None = decimal("Порог", MEASURED)


class ResultCriterion(ResultCriterionWrite, Tenant, Record, table=True):
    """A row of result_criteria; a result is confirmed by one thing once."""

    __tablename__ = "result_criteria"
    __table_args__: Any = constraints()

    natural_key: str = folded(
        "program_id",
        "row",
        "level",
        "kind",
        "indicator_code",
        "measure_id",
        "activity_id",
        "act_id",
        unique=True,
    )


result_criteria = Resource(
    name="result_criteria",
    titles=Titles(
        "Подтверждение результатов", "подтверждение результата", "подтверждений результатов"
    ),
    row=ResultCriterion,
    write=ResultCriterionWrite,
    called=("Строка {row}: {kind}",),
    access=REGISTER,
    period=None,
    hangs_on=("program_id",),
    rules=(
        criterion_has_its_subject,
        threshold_is_comparable,
        result_is_expected,
        at_hand("measure_id"),
        measure_is_a_number,
        agrees("activity_id", "program_id"),
    ),
    guards=("program_id",),
    immutable=("program_id",),
    sorts=("row",),
    example={
        "program_id": "$program",
        "row": 1,
        "level": "municipal",
        "kind": "measure",
        "measure_id": "$measure",
        "operator": "gte",
        "threshold": "55",
    },
    change={"threshold": "60"},
)
