"""Actions: what a coordinator can do so that more is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from app.findings import Words
from app.indicators.catalogue import INDICATORS, measure
from app.indicators.codes import ItemType
from app.indicators.facts import Facts
from app.indicators.figures import counts, target_status
from app.indicators.network import Measure, Network
from app.indicators.targets import MILLION
from app.model.columns import Choice
from app.registry.monitoring import MonitoringState
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id


class WayAction(Choice):
    """What to do; the label says it to a coordinator."""

    SIGN_PARTNERSHIP = "sign_partnership", "подписать партнёрство: сейчас это черновик"
    RESUME_PARTNERSHIP = "resume_partnership", "возобновить приостановленное партнёрство"
    DESIGNATE_LEADER = "designate_leader", "присвоить категорию лидера"
    MAKE_PARTNERSHIP = "make_partnership", "заключить партнёрство с лидером"
    LEAD_PARTNERSHIP = "lead_partnership", "поручить лидеру поддержать организацию"
    TAKE_PART = "take_part", "привлечь к участию в событии программы"
    ADD_SOCIAL_PARTNER = "add_social_partner", "привлечь социальным партнёром"
    ADD_BASIS = "add_basis", "оформить партнёрство актом или договором"
    COVER_TEACHERS = "cover_teachers", "привлечь педагогов к мероприятиям"
    COMPLETE_WINDOW = "complete_window", "выполнить мероприятие плана"
    HOLD_EVENT = "hold_event", "провести событие в этой форме"
    ENTER_LEARNERS = "enter_learners", "внести число обучающихся проведённого события"
    INVITE_LEARNERS = "invite_learners", "провести событие с обучающимися"
    ACCEPT_REPORT = "accept_report", "принять отправленный отчёт"
    REMIND_OF_REPORT = "remind_of_report", "напомнить о начатом отчёте"
    ASK_FOR_REPORT = "ask_for_report", "запросить отчёт"
    REACH_EFFECTIVE_MODE = "reach_effective_mode", "вывести в эффективный режим"
    FILL_NEED = "fill_need", "обеспечить ресурсом"
    LEND_RESOURCE = "lend_resource", "оформить пользование тем, что предлагает сеть"
    FIND_RESOURCE = "find_resource", "найти, кто предоставит: сеть столько не предлагает"
    ADD_DOCUMENTS = "add_documents", "оформить недостающие документы"
    SIGN_CONTRACTS = "sign_contracts", "заключить договоры с базовыми организациями"
    ENROL_LEARNERS = "enrol_learners", "зачислить по заявлениям"
    HOLD_INITIATIVE_EVENT = "hold_initiative_event", "провести событие"
    START_INITIATIVE = "start_initiative", "начать и провести"
    MEET_CRITERIA = "meet_criteria", "выполнить то, чем подтверждается результат"
    NAME_CRITERION = "name_criterion", "указать, чем подтверждается, и выполнить это"


_ENGLISH: dict[WayAction, str] = {
    WayAction.SIGN_PARTNERSHIP: "sign the partnership, which is a draft",
    WayAction.RESUME_PARTNERSHIP: "resume the suspended partnership",
    WayAction.DESIGNATE_LEADER: "designate as a leader",
    WayAction.MAKE_PARTNERSHIP: "make a partnership with a leader",
    WayAction.LEAD_PARTNERSHIP: "let the leader support an organization",
    WayAction.TAKE_PART: "bring to an event of the program",
    WayAction.ADD_SOCIAL_PARTNER: "win as a social partner",
    WayAction.ADD_BASIS: "base the partnership on an act or an agreement",
    WayAction.COVER_TEACHERS: "bring teachers to events",
    WayAction.COMPLETE_WINDOW: "carry out the row of the plan",
    WayAction.HOLD_EVENT: "hold an event in this form",
    WayAction.ENTER_LEARNERS: "enter the learners of the event that was held",
    WayAction.INVITE_LEARNERS: "hold an event with learners",
    WayAction.ACCEPT_REPORT: "accept the report that was submitted",
    WayAction.REMIND_OF_REPORT: "remind of the report that was begun",
    WayAction.ASK_FOR_REPORT: "ask for a report",
    WayAction.REACH_EFFECTIVE_MODE: "bring into the effective mode",
    WayAction.FILL_NEED: "provide with the resource",
    WayAction.LEND_RESOURCE: "lend what the network offers",
    WayAction.FIND_RESOURCE: "find a lender: the network offers less",
    WayAction.ADD_DOCUMENTS: "make the missing documents",
    WayAction.SIGN_CONTRACTS: "sign contracts with the bases",
    WayAction.ENROL_LEARNERS: "enrol by the applications",
    WayAction.HOLD_INITIATIVE_EVENT: "hold an event",
    WayAction.START_INITIATIVE: "start one and hold an event",
    WayAction.MEET_CRITERIA: "meet the criteria of the result",
    WayAction.NAME_CRITERION: "say by what it is confirmed, and meet that",
}

ACTIONS = {action: Words(action.label, _ENGLISH[action]) for action in WayAction}
"""What each action says in Russian and in English."""


CompanionType = Literal["organizations", "partnerships", "events", "initiatives", "result_criteria"]
"""The collections of the records with which changes are made."""


class Beside(NamedTuple):
    """With whom or with what a change is made."""

    type: CompanionType
    id: Id
    name: str | None = None
    """A name that is no record's own; None: the name of the record."""
    load: int | None = None
    """How many organizations a leader supports already."""
    quantity: Decimal | None = None
    """How much of a resource is lent."""


class Done(NamedTuple):
    """A change that was made on a copy of the facts."""

    facts: Facts
    beside: tuple[Beside, ...] = ()


Act = Callable[[Network, int], Done]
"""Makes a change in the network as it is by then, where so many are still lacking."""


class Way(NamedTuple):
    """One change: of what, why it does not count now, and how to make it on a copy."""

    type: ItemType
    id: Id | str | None
    action: WayAction
    why: str
    act: Act


@dataclass(frozen=True)
class Question:
    """An indicator whose target is to be met."""

    network: Network
    code: IndicatorCode
    target: Decimal
    waiting: Mapping[Id, MonitoringState]
    """By organization: how far its monitoring records of the period have come, if not accepted."""

    def measured(self, network: Network) -> Measure:
        """What the indicator counts in a network."""
        return measure(network, self.code)

    def lacking(self, network: Network) -> int:
        """How many are still lacking in a network; 0 if the target is met."""
        return self.lacks(*counts(self.measured(network), INDICATORS[self.code].unit))

    def lacks(self, numerator: int, denominator: int | None) -> int:
        """How many are still lacking at these numbers; without a population the target fails."""
        gap = target_status(numerator, denominator, int(self.target * MILLION))[1]
        return 1 if gap is None else gap


Finder = Callable[[Question], list[Way]]
"""The changes to make, in their order; those after the target is met are not needed."""
