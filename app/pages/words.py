"""Words: numbers, days and counted nouns as a Russian text writes them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from app.model.columns import Choice
from app.registry.program_parts import IndicatorCode
from app.words import SPACE, russian

NOTHING = "—"
"""An empty cell."""

TENS = 10
HUNDRED = 100
ELEVEN, FOURTEEN = 11, 14


def plural(count: int, one: str, few: str, many: str) -> str:
    """The noun that fits a count: 1 школа, 2 школы, 5 школ."""
    last, two = count % TENS, count % HUNDRED
    if ELEVEN <= two <= FOURTEEN or last == 0 or last >= 5:  # noqa: PLR2004 - Russian grammar
        return many
    return one if last == 1 else few


def counted(count: int, one: str, few: str, many: str) -> str:
    """A count with its noun."""
    return f"{number(count)}{SPACE}{plural(count, one, few, many)}"


def number(value: object) -> str:
    """A number as Russian texts write it: «1242», «120 000,00»; «—» for none."""
    if value is None:
        return NOTHING
    return russian(str(value))


def percent(value: object) -> str:
    """A share: «27,27 %»; «—» for none."""
    return NOTHING if value is None else f"{number(value)}{SPACE}%"


def short(value: str) -> str:
    """A share without needless zeros: «50 %»."""
    return percent(value.rstrip("0").rstrip(".") if "." in value else value)


def day(value: date | str | None) -> str:
    """A day: «30.09.2021»; «—» for none."""
    if not value:
        return NOTHING
    text = value.isoformat() if isinstance(value, date) else value[:10]
    return ".".join(reversed(text.split("-")))


def day_of(moment: datetime | str | None, zone: tzinfo) -> str:
    """The day on which a moment falls in a time zone: «30.09.2021»; «—» for none."""
    if not moment:
        return NOTHING
    at = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return day(at.astimezone(zone).date())


def days_between(first: date | str, last: date | str) -> int:
    """How many days lie between two days."""
    return (_read(last) - _read(first)).days


def capital(text: str) -> str:
    """A text with a capital first letter."""
    return text[:1].upper() + text[1:]


def label(kind: type[Choice], value: object) -> str:
    """The label of a value of a closed list."""
    return next((each.label for each in kind if each == value), str(value))


def listed(names: Iterable[str | None]) -> str:
    """Names with commas, «и» before the last."""
    *first, last = [name for name in names if name] or [NOTHING]
    return f"{', '.join(first)} и {last}" if first else last


def _read(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


_ORGANIZATIONS = ("организация", "организации", "организаций")
_SCHOOLS = ("школа", "школы", "школ")
_TEACHERS = ("педагог", "педагога", "педагогов")
_WINDOWS = ("срок плана", "срока плана", "сроков плана")
_PARTNERSHIPS = ("партнёрство", "партнёрства", "партнёрств")
_CURRICULA = ("сетевая программа", "сетевые программы", "сетевых программ")

NOUNS: Mapping[str, tuple[str, str, str]] = {
    IndicatorCode.ORG_INVOLVEMENT_SHARE: _ORGANIZATIONS,
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY: _SCHOOLS,
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE: _ORGANIZATIONS,
    IndicatorCode.TEACHER_COVERAGE_SHARE: _TEACHERS,
    IndicatorCode.PLAN_COMPLETION_SHARE: _WINDOWS,
    IndicatorCode.PLAN_ON_TIME_SHARE: _WINDOWS,
    IndicatorCode.OVERDUE_WINDOWS: _WINDOWS,
    IndicatorCode.LEGAL_COVERAGE_SHARE: _PARTNERSHIPS,
    IndicatorCode.SOCIAL_PARTNER_COUNT: _ORGANIZATIONS,
    IndicatorCode.FORM_COVERAGE_SHARE: ("форма", "формы", "форм"),
    IndicatorCode.LEADER_LOAD: _ORGANIZATIONS,
    IndicatorCode.MONITORING_COMPLETENESS_SHARE: _ORGANIZATIONS,
    IndicatorCode.EFFECTIVE_MODE_TRANSITION_SHARE: ("категория", "категории", "категорий"),
    IndicatorCode.LEARNER_PARTICIPATION_TOTAL: ("участие", "участия", "участий"),
    IndicatorCode.RESOURCE_SUFFICIENCY_SHARE: ("потребность", "потребности", "потребностей"),
    IndicatorCode.NEED_COVERAGE_SHARE: ("нехватка", "нехватки", "нехваток"),
    IndicatorCode.PROPERTY_DOCUMENTED_SHARE: ("пользование", "пользования", "пользований"),
    IndicatorCode.CONFLICTED_RESOURCES: ("ресурс", "ресурса", "ресурсов"),
    IndicatorCode.CONTRACT_COVERAGE_SHARE: _CURRICULA,
    IndicatorCode.NETWORK_LEARNERS: ("обучающийся", "обучающихся", "обучающихся"),
    IndicatorCode.PROVISION_COVERAGE_SHARE: ("положение", "положения", "положений"),
    IndicatorCode.RESULT_CONFIRMATION_SHARE: ("результат", "результата", "результатов"),
}
"""What each indicator counts: one, two to four, five."""


def of_code(code: str, count: int) -> str:
    """What an indicator counts, as many as there are: «22 организации»."""
    return counted(count, *NOUNS[code])


def lacking(code: str, count: int) -> str:
    """How many lack, in the genitive: «5 организаций», «1 организации»."""
    _, few, many = NOUNS[code]
    # Of the nouns here, the genitive of one is the form that follows two to four;
    # only an adjective differs.
    single = {"сетевые программы": "сетевой программы", "обучающихся": "обучающегося"}
    return f"{number(count)}{SPACE}{plural(count, single.get(few, few), many, many)}"


def share(code: str, part: int, whole: int) -> str:
    """A part of a whole: «6 из 22 организаций»."""
    return f"{number(part)} из {lacking(code, whole)}"
