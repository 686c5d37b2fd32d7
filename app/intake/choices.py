"""Choices: the value of a closed list that a cell names, by its value, its label or in other words.

«Школа с низкими результатами (ШНОР)» is also named by «ШНОР» and without the bracket.
"""

import re
from collections.abc import Mapping
from functools import cache

from app.intake.faults import NOT_AMONG
from app.model.faults import refuse
from app.model.text import fold

_ALSO: Mapping[str, str] = {
    "каждую неделю": "каждая|каждая неделя|еженедельно|все|все недели",
    "по нечётным неделям": "нечетная|нечетные|нечет|нечетная неделя|нечетные недели",
    "по чётным неделям": "четная|четные|чет|четная неделя|четные недели",
    "входная": "входной|входной контроль|входная диагностика|стартовая|стартовая диагностика",
    "промежуточная": "промежуточный|промежуточный контроль|промежуточная диагностика",
    "итоговая": "итоговый|итоговый контроль|итоговая диагностика",
    "уточнение": "изменение|изменение плана|уточнение плана|корректировка",
    "кассовый расход": "касса|кассовое исполнение|расход|оплата|оплачено|исполнено|факт",
    "федеральный бюджет": "федеральный|средства федерального бюджета",
    "региональный бюджет": "региональный|республиканский|республиканский бюджет|бюджет республики|"
    "областной|областной бюджет|краевой|краевой бюджет|бюджет субъекта",
    "местный бюджет": "местный|муниципальный|муниципальный бюджет|бюджет муниципалитета|"
    "районный бюджет|бюджет района",
    "кадровые": "кадры",
    "помещения, площадки": "помещение|помещения|площадка|площадки",
}
"""Other words of lists for a label."""

_FORMER: Mapping[str, str] = {
    "доля организаций, вовлечённых в сетевое взаимодействие": "доля вовлечённых организаций",
    "доля ШНОР и ШНСУ, вовлечённых в сетевое взаимодействие": "доля вовлечённых ШНОР и ШНСУ",
    "доля организаций, фактически участвующих в мероприятиях": "доля организаций, участвовавших "
    "на деле",
    "доля педагогов, охваченных мероприятиями": "доля охваченных педагогов",
    "доля выполненных сроков плана": "доля выполненного по плану",
    "доля сроков плана, выполненных вовремя": "доля выполненного в срок",
    "доля партнёрств, оформленных документом": "доля оформленных партнёрств",
    "доля используемых форм взаимодействия": "доля использованных форм",
    "нагрузка лидеров: поддерживаемых организаций": "число поддерживаемых организаций",
    "доля организаций, перешедших в эффективный режим": "доля перешедших в эффективный режим",
    "доля потребностей, закрытых своими ресурсами": "доля закрытых потребностей",
    "доля нехваток, закрытых ресурсами сети": "доля нехваток, закрытых сетью",
    "доля случаев пользования ресурсами, оформленных документами": "доля оформленного пользования",
}
"""What a label was before: a list that was filled in then has it still."""


def choice(choices: Mapping[str, str], name: str) -> str:
    """The value of a closed list that a text names.

    Raises:
        PydanticCustomError: it names none.

    """
    value = _named(tuple(choices.items())).get(fold(name).rstrip("."))
    if value is None:
        refuse(NOT_AMONG, allowed=", ".join(choices.values()))
    return value


@cache
def _named(choices: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The values by all their names; a value's own name wins over other words for another one."""
    values: dict[str, str] = {}
    for value, label in choices:
        values |= dict.fromkeys(_ALSO.get(label, label).split("|"), value)
        values[fold(_FORMER.get(label, label))] = value
    for value, label in choices:
        short = re.findall(r"\(([^)]+)\)", label)
        names = (value, label, re.sub(r"\s*\([^)]*\)", "", label), *short)
        values |= {fold(name).rstrip("."): value for name in names}
    return values
