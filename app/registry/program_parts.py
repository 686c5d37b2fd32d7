"""Program parts: the officers, tasks, directives, provisions, targets and results of a program."""

import uuid
from typing import Self

from pydantic import model_validator

from app.model import columns
from app.model.columns import Choice, choice, day, decimal, integer, line, reference
from app.model.record import Part, Strict, date_order, owner
from app.model.values import MEASURED, Day, Decimals, Id, Line, Text
from app.registry.terms import TermKind, parse_term
from app.registry.types import Number


class OfficerRole(Choice):
    """What an officer does for the program."""

    COORDINATOR = "coordinator", "координатор"
    SUPERVISOR = "supervisor", "контролирует исполнение"


class Obligation(Choice):
    """Whether a directive is mandatory."""

    RECOMMENDED = "recommended", "рекомендовано"
    MANDATORY = "mandatory", "обязательно"


class ProvisionCode(Choice):
    """What the program provides for."""

    PROFESSIONAL_COMMUNITIES = "professional_communities", "профессиональные сообщества"
    PARTNERSHIP_PROJECTS = "partnership_projects", "партнёрские проекты"
    ADDITIONAL_TIME_RESOURCES = "additional_time_resources", "дополнительные ресурсы времени"
    CONTEST_SUPPORT = "contest_support", "сопровождение конкурсов"


class IndicatorCode(Choice):
    """An indicator that can have a target."""

    ORG_INVOLVEMENT_SHARE = (
        "org_involvement_share",
        "доля организаций, вовлечённых в сетевое взаимодействие",
    )
    ORG_INVOLVEMENT_SHARE_PRIORITY = (
        "org_involvement_share_priority",
        "доля ШНОР и ШНСУ, вовлечённых в сетевое взаимодействие",
    )
    ORG_ACTIVE_INVOLVEMENT_SHARE = (
        "org_active_involvement_share",
        "доля организаций, фактически участвующих в мероприятиях",
    )
    TEACHER_COVERAGE_SHARE = "teacher_coverage_share", "доля педагогов, охваченных мероприятиями"
    PLAN_COMPLETION_SHARE = "plan_completion_share", "доля выполненных сроков плана"
    PLAN_ON_TIME_SHARE = "plan_on_time_share", "доля сроков плана, выполненных вовремя"
    OVERDUE_WINDOWS = "overdue_windows", "число просроченных сроков плана"
    LEGAL_COVERAGE_SHARE = "legal_coverage_share", "доля партнёрств, оформленных документом"
    SOCIAL_PARTNER_COUNT = "social_partner_count", "число социальных партнёров"
    FORM_COVERAGE_SHARE = "form_coverage_share", "доля используемых форм взаимодействия"
    LEADER_LOAD = "leader_load", "нагрузка лидеров: поддерживаемых организаций"
    MONITORING_COMPLETENESS_SHARE = "monitoring_completeness_share", "полнота мониторинга"
    EFFECTIVE_MODE_TRANSITION_SHARE = (
        "effective_mode_transition_share",
        "доля организаций, перешедших в эффективный режим",
    )
    LEARNER_PARTICIPATION_TOTAL = "learner_participation_total", "число участий обучающихся"
    RESOURCE_SUFFICIENCY_SHARE = (
        "resource_sufficiency_share",
        "доля потребностей, закрытых своими ресурсами",
    )
    NEED_COVERAGE_SHARE = "need_coverage_share", "доля нехваток, закрытых ресурсами сети"
    PROPERTY_DOCUMENTED_SHARE = (
        "property_documented_share",
        "доля случаев пользования ресурсами, оформленных документами",
    )
    CONFLICTED_RESOURCES = "conflicted_resources", "число ресурсов с двойными бронями"
    CONTRACT_COVERAGE_SHARE = "contract_coverage_share", "доля сетевых программ с договорами"
    NETWORK_LEARNERS = "network_learners", "число обучающихся в сетевых группах"
    PROVISION_COVERAGE_SHARE = "provision_coverage_share", "доля исполняемых положений программы"
    RESULT_CONFIRMATION_SHARE = "result_confirmation_share", "доля подтверждённых результатов"


COUNTS = frozenset(
    {
        IndicatorCode.OVERDUE_WINDOWS,
        IndicatorCode.SOCIAL_PARTNER_COUNT,
        IndicatorCode.LEADER_LOAD,
        IndicatorCode.LEARNER_PARTICIPATION_TOTAL,
        IndicatorCode.CONFLICTED_RESOURCES,
        IndicatorCode.NETWORK_LEARNERS,
    }
)
"""The indicators that are whole numbers; all others are percentages."""


class TargetOperator(Choice):
    """How a target is compared."""

    GTE = "gte", "не менее"


class ResultKind(Choice):
    """Where an expected result stands in the program."""

    MATRIX = "matrix", "в таблице результатов"
    QUALITATIVE = "qualitative", "качественный результат"


class ResultLevel(Choice):
    """The level of a result."""

    MUNICIPAL = "municipal", "муниципальный"
    INSTITUTIONAL = "institutional", "институциональный"
    LEARNER = "learner", "уровень обучающегося"


class OfficerBody(Strict):
    """Должностное лицо программы: координатор или тот, кто контролирует исполнение."""

    role: OfficerRole = choice("Роль", OfficerRole, heading="роль")
    person_name: Line | None = line(
        "Кто, в именительном падеже: фамилия и инициалы", heading="кто", default=None, personal=True
    )
    position: Line | None = line("Должность", heading="должность", default=None)
    organization_id: Id | None = reference(
        "organizations", "Место работы", heading="место работы", default=None
    )
    valid_from: Day | None = day("Первый день; null: с начала", heading="первый день", default=None)
    valid_to: Day | None = day("Последний день", heading="последний день", default=None)


class TaskBody(Strict):
    """Задача программы."""

    no: Number | None = line("Номер", heading="номер", default=None, numeral=True)
    text: Text | None = columns.text("Текст задачи", heading="текст")


class DirectiveBody(Strict):
    """Поручение или рекомендация приказа."""

    no: Number | None = line("Номер пункта", heading="номер пункта", default=None, numeral=True)
    addressee: Line | None = line("Кому", heading="кому", default=None)
    text: Text | None = columns.text("Текст", heading="текст")
    term_text: Line | None = line("Срок, как напечатан", heading="срок", default=None)
    term_kind: TermKind | None = choice(
        "Вид срока; если не указан, определяется по тексту",
        TermKind,
        heading="вид срока",
        default=None,
    )
    obligation: Obligation | None = choice(
        "Обязательность", Obligation, heading="обязательность", default=None
    )

    @model_validator(mode="after")
    def _term_is_read(self) -> Self:
        if self.term_kind is None and self.term_text:
            self.term_kind = parse_term(self.term_text).kind
        return self


class ProvisionBody(Strict):
    """Что программа предусматривает."""

    code: ProvisionCode = choice("Что предусмотрено", ProvisionCode, heading="что именно")
    text: Text | None = columns.text("Текст", heading="текст")


class TargetBody(Strict):
    """Целевое значение показателя."""

    code: IndicatorCode = choice("Показатель", IndicatorCode, heading="показатель")
    operator: TargetOperator = choice(
        "Сравнение", TargetOperator, heading="сравнение", default=TargetOperator.GTE
    )
    value: Decimals = decimal(
        "Значение: процент от 0 до 100 или целое число", MEASURED, heading="значение", default=...
    )


class ExpectedResultBody(Strict):
    """Ожидаемый результат: ячейка таблицы результатов или качественный результат."""

    kind: ResultKind = choice("Вид", ResultKind, heading="вид")
    row: int | None = integer("Строка таблицы", 1, 1000, heading="строка таблицы", default=None)
    level: ResultLevel | None = choice("Уровень", ResultLevel, heading="уровень", default=None)
    text: Text | None = columns.text("Результат", heading="результат")
    effect: Text | None = columns.text("Эффект строки таблицы", heading="эффект")


class Officer(OfficerBody, Part, table=True):
    """An officer of a program."""

    __tablename__ = "program_officers"
    __table_args__ = (date_order("valid_from", "valid_to"),)

    owner_id: uuid.UUID = owner("programs")


class Task(TaskBody, Part, table=True):
    """A task of a program."""

    __tablename__ = "program_tasks"

    owner_id: uuid.UUID = owner("programs")


class Directive(DirectiveBody, Part, table=True):
    """A directive of the order that approves a program."""

    __tablename__ = "program_directives"

    owner_id: uuid.UUID = owner("programs")


class Provision(ProvisionBody, Part, table=True):
    """What a program provides for."""

    __tablename__ = "program_provisions"

    owner_id: uuid.UUID = owner("programs")


class Target(TargetBody, Part, table=True):
    """The target of one indicator."""

    __tablename__ = "program_targets"

    owner_id: uuid.UUID = owner("programs")


class ExpectedResult(ExpectedResultBody, Part, table=True):
    """A cell of the matrix of results, or a qualitative result."""

    __tablename__ = "program_expected_results"

    owner_id: uuid.UUID = owner("programs")
