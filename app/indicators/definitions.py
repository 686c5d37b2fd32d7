"""Definitions: each indicator in words: its name, what it says, how it is counted, and why.

They say what `catalogue` counts; a change there is a change here. The clauses are those of order
No. 125 of 17.04.2020 and of the program that it approves.
"""

from typing import NamedTuple

from app.findings import Words
from app.indicators.codes import LABELS
from app.registry.program_parts import IndicatorCode


class Told(NamedTuple):
    """An indicator in words."""

    english: str
    """Its name in English; the Russian one stands in `LABELS`."""
    definition: Words
    formula: Words
    clause: Words


_FIGURES = Words("Программа, «Показатели»", "The program, «Indicators»")
_PLAN = Words("Программа, план мероприятий", "The program, plan of activities")
_FORMS = Words("Программа, формы взаимодействия", "The program, forms of interaction")
_SHARED_MEANS = Words("План мероприятий, строки 4 и 8", "Plan of activities, rows 4 and 8")
_CURRICULA = Words("План мероприятий, строки 3 и 6", "Plan of activities, rows 3 and 6")
_PROPERTY = Words("План мероприятий, строка 10", "Plan of activities, row 10")

DEFINITIONS: dict[IndicatorCode, Told] = {
    IndicatorCode.ORG_INVOLVEMENT_SHARE: Told(
        "share of organizations in the network with leaders",
        Words(
            "Какая доля образовательных организаций муниципалитета состоит в действующем "
            "партнёрстве со школой-лидером.",
            "The share of the municipality's educational organizations that are in a counting "
            "partnership with a leader.",
        ),
        Words(
            "организации, которым помогает действующий лидер / все организации общего и "
            "дополнительного образования, работающие в этот день",
            "organizations that a valid leader supports / all organizations of general and "
            "additional education open on the day",
        ),
        _FIGURES,
    ),
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY: Told(
        "share of priority organizations in the network with leaders",
        Words(
            "Какая доля ШНОР и ШНСУ состоит в действующем партнёрстве со школой-лидером.",
            "The share of priority organizations that are in a counting partnership with a leader.",
        ),
        Words(
            "ШНОР и ШНСУ, которым помогает действующий лидер / все ШНОР и ШНСУ этого дня, каждая "
            "один раз",
            "priority organizations that a valid leader supports / all of the day, each once",
        ),
        _FIGURES,
    ),
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE: Told(
        "share of organizations that took part in fact",
        Words(
            "Какая доля организаций не только состоит в партнёрстве, но и участвовала в событии "
            "периода.",
            "The share of organizations that are in a partnership and took part in an event of "
            "the period.",
        ),
        Words(
            "вовлечённые организации, которые участвовали в проведённом событии или принимали "
            "его / все организации, как у первого показателя",
            "involved organizations that attended or hosted a completed event / all "
            "organizations, as for the first indicator",
        ),
        _FIGURES,
    ),
    IndicatorCode.TEACHER_COVERAGE_SHARE: Told(
        "share of teachers covered by events",
        Words(
            "Какая доля педагогов организаций программы участвовала в её событиях за период.",
            "The share of the teachers of the program's organizations who attended its events in "
            "the period.",
        ),
        Words(
            "педагоги, которые участвовали хотя бы в одном событии / все педагоги на эту дату, "
            "каждый один раз; где нет списка, вместо него заявленная численность",
            "teachers who attended an event / all teachers of the day, each once; the declared "
            "headcount stands in where there is no list",
        ),
        _FIGURES,
    ),
    IndicatorCode.PLAN_COMPLETION_SHARE: Told(
        "share of completed windows of the plan",
        Words(
            "Какая доля наступивших сроков плана выполнена.",
            "The share of the plan's due windows that are completed.",
        ),
        Words(
            "сроки, выполненные к этому дню / сроки, которые к нему кончились, без отменённых",
            "windows completed by the day / windows that ended by it, without cancelled ones",
        ),
        _PLAN,
    ),
    IndicatorCode.PLAN_ON_TIME_SHARE: Told(
        "share of windows completed on time",
        Words(
            "Какая доля наступивших сроков плана выполнена вовремя.",
            "The share of the plan's due windows that were completed on time.",
        ),
        Words(
            "сроки, выполненные не позже последнего дня / сроки, которые кончились, без отменённых",
            "windows completed by their last day / windows that ended, without cancelled ones",
        ),
        _PLAN,
    ),
    IndicatorCode.OVERDUE_WINDOWS: Told(
        "overdue windows of the plan",
        Words(
            "Сколько сроков плана прошло, а событие не проведено.",
            "How many windows of the plan ended without their event.",
        ),
        Words(
            "число сроков, которые кончились раньше этого дня, не выполнены и не отменены",
            "the number of windows that ended before the day, neither completed nor cancelled",
        ),
        _PLAN,
    ),
    IndicatorCode.LEGAL_COVERAGE_SHARE: Told(
        "share of partnerships with an act or an agreement",
        Words(
            "Какая доля действующих партнёрств оформлена документом.",
            "The share of counting partnerships that rest on a document.",
        ),
        Words(
            "партнёрства с актом или номером договора / все действующие партнёрства",
            "partnerships with an act or an agreement / all counting partnerships",
        ),
        Words("План мероприятий, строка 1", "Plan of activities, row 1"),
    ),
    IndicatorCode.SOCIAL_PARTNER_COUNT: Told(
        "social partners",
        Words(
            "Сколько социальных партнёров участвует в действующих партнёрствах.",
            "How many social partners take part in counting partnerships.",
        ),
        Words(
            "число разных организаций с ролью «социальный партнёр»",
            "the number of distinct organizations whose role is social partner",
        ),
        Words("План мероприятий, строка 5", "Plan of activities, row 5"),
    ),
    IndicatorCode.FORM_COVERAGE_SHARE: Told(
        "share of the forms of interaction in use",
        Words(
            "Какая доля форм взаимодействия использована в событиях периода.",
            "The share of the forms of interaction that events of the period used.",
        ),
        Words(
            "формы, по которым проведено событие / пять форм программы",
            "forms with a completed event / the five forms of the program",
        ),
        _FORMS,
    ),
    IndicatorCode.LEADER_LOAD: Told(
        "supported organizations",
        Words(
            "Скольким организациям помогают действующие лидеры.",
            "How many organizations valid leaders support.",
        ),
        Words(
            "число разных организаций с ролью «поддерживаемая»; в разбивке у каждого лидера свои",
            "the number of distinct supported organizations; the breakdown counts them per leader",
        ),
        Words("Приказ, пункт 3", "The order, clause 3"),
    ),
    IndicatorCode.MONITORING_COMPLETENESS_SHARE: Told(
        "completeness of monitoring",
        Words(
            "Какая доля организаций, которые должны отчитаться, отчиталась за период.",
            "The share of the organizations expected to report that did so for the period.",
        ),
        Words(
            "организации с принятой записью за период / организации программы и её лидеры",
            "organizations with an accepted record of the period / the program's organizations "
            "and leaders",
        ),
        Words("Программа, задача 3", "The program, task 3"),
    ),
    IndicatorCode.EFFECTIVE_MODE_TRANSITION_SHARE: Told(
        "share that reached the effective mode",
        Words(
            "Какая доля ШНОР и ШНСУ за период перешла в эффективный режим.",
            "The share of priority organizations that reached the effective mode in the period.",
        ),
        Words(
            "категории, снятые за период по этой причине / категории, действовавшие в его начале",
            "designations that ended in the period for this reason / those open at its start",
        ),
        Words("Программа, цель", "The program, goal"),
    ),
    IndicatorCode.LEARNER_PARTICIPATION_TOTAL: Told(
        "participation of learners",
        Words(
            "Сколько раз обучающиеся участвовали в событиях периода.",
            "How many times learners attended events of the period.",
        ),
        Words(
            "сумма «Число участвовавших обучающихся» по проведённым событиям",
            "the sum of learner_count over completed events",
        ),
        Words("Приказ, рекомендации руководителям", "The order, recommendations to heads"),
    ),
    IndicatorCode.RESOURCE_SUFFICIENCY_SHARE: Told(
        "share of needs met by own resources",
        Words(
            "Какую долю потребностей организации закрывают своими ресурсами.",
            "The share of needs that organizations meet by their own resources.",
        ),
        Words(
            "сведения, где имеется не меньше, чем требуется / сведения, где что-то требуется",
            "balances where enough is available / balances where something is needed",
        ),
        _SHARED_MEANS,
    ),
    IndicatorCode.NEED_COVERAGE_SHARE: Told(
        "share of shortages covered by the network",
        Words(
            "Какую долю нехваток закрывают ресурсы других организаций.",
            "The share of shortages that the resources of others cover.",
        ),
        Words(
            "нехватки, которые закрыты пользованием / все нехватки",
            "shortages that uses cover / all shortages",
        ),
        _SHARED_MEANS,
    ),
    IndicatorCode.PROPERTY_DOCUMENTED_SHARE: Told(
        "share of uses with all documents",
        Words(
            "Какая доля действующего пользования имуществом оформлена всеми документами.",
            "The share of the uses of property that have all their documents.",
        ),
        Words(
            "пользование, у которого есть все документы / всё пользование, действующее в этот день",
            "uses with all documents / all uses that hold on the day",
        ),
        _PROPERTY,
    ),
    IndicatorCode.CONFLICTED_RESOURCES: Told(
        "resources booked twice",
        Words(
            "Сколько ресурсов занято двумя пользователями в одно время.",
            "How many resources two users have at one time.",
        ),
        Words(
            "число ресурсов с двойной бронью от начала периода до конца программы",
            "the number of resources booked twice, from the period's start to the program's end",
        ),
        _PROPERTY,
    ),
    IndicatorCode.CONTRACT_COVERAGE_SHARE: Told(
        "share of network curricula with contracts",
        Words(
            "Какая доля идущих сетевых программ обеспечена договорами.",
            "The share of the running network curricula that have their contracts.",
        ),
        Words(
            "программы, где у каждой базовой организации есть договор, подписанный к этому дню / "
            "все, что идут",
            "curricula where every base has a contract dated by the day / all that run",
        ),
        _CURRICULA,
    ),
    IndicatorCode.NETWORK_LEARNERS: Told(
        "learners of network groups",
        Words(
            "Сколько обучающихся зачислено в сетевые классы и группы.",
            "How many learners are enrolled in network classes and groups.",
        ),
        Words(
            "сумма «Зачислено» по группам, которые идут в этот день",
            "the sum of the enrolled over the groups that run on the day",
        ),
        _CURRICULA,
    ),
    IndicatorCode.PROVISION_COVERAGE_SHARE: Told(
        "share of provisions carried out",
        Words(
            "По какой доле того, что программа предусматривает, что-то проведено.",
            "The share of what the program provides for that was carried out.",
        ),
        Words(
            "положения, по которым за период что-то проведено / все положения",
            "provisions with a completed event or an ended contest in the period / all provisions",
        ),
        Words("Программа, формы взаимодействия, положения", "The program, provisions"),
    ),
    IndicatorCode.RESULT_CONFIRMATION_SHARE: Told(
        "share of confirmed results",
        Words(
            "Какая доля ожидаемых результатов подтверждена.",
            "The share of expected results that are confirmed.",
        ),
        Words(
            "результаты, у которых выполнены все подтверждения / все ожидаемые результаты",
            "results whose criteria all hold / all expected results",
        ),
        Words("Программа, «Ожидаемые результаты»", "The program, «Expected results»"),
    ),
}

TITLES: dict[str, Words] = {
    code.value: Words(LABELS[code], told.english) for code, told in DEFINITIONS.items()
}
"""The names of the indicators in both languages."""
