"""Sharing: resources, curricula and property that organizations give each other."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from itertools import groupby

from app.documents.paper import ColumnKind, Row, Section, column, heading, row, table
from app.documents.report.participants import listed
from app.documents.report.source import Source
from app.indicators.facts import covers
from app.model.text import alphabetical
from app.model.values import spoken_decimal
from app.network.rows import GroupRow, PartyRow
from app.program.curricula import CurriculumLine, CurriculumParty
from app.program.premises import PAPERS, PropertyUse
from app.program.resources import ResourceLine, ResourceProposal
from app.registry.network_curricula import CurriculumRole
from app.store.rows import Id

_NUMBER, _INTEGER = ColumnKind.NUMBER, ColumnKind.INTEGER


def resources(source: Source) -> Section:
    """Section 4: who lacks what and what the network offers, by type of resource."""
    columns = [
        column("Организация", 3),
        column("Требуется", 1.35, _NUMBER),
        column("Имеется", 1.2, _NUMBER),
        column("Не хватает", 1.15, _NUMBER),
        column("Получено", 1.3, _NUMBER),
        column("Предложение сети", 3.6),
    ]
    answer = source.resources
    offers: dict[tuple[str, str], list[ResourceProposal]] = defaultdict(list)
    for proposal in answer["proposals"]:
        offers[proposal["user"]["id"], proposal["resource_type"]["id"]].append(proposal)
    lacking = [line for line in answer["items"] if any(map(_is_more, _lacks(line)))]
    items = sorted(lacking, key=_place)
    rows: list[Row] = []
    for (title, unit, _), lines in groupby(items, _type_of):
        rows.append(heading(f"{title}, {unit}"))
        rows += [_resource(line, offers) for line in lines]
    return table("4", "Ресурсы (п. 4, 8 плана)", columns, rows, _note(answer["items"]))


def curricula(source: Source, only: Collection[str] | None = None) -> Section:
    """Section 5: a row for each base of a curriculum that has begun, as it is on the day.

    `only` names the ids to show instead, also of those that have not begun.
    """
    columns = [
        column("Программа", 3),
        column("Базовая", 2.6),
        column("Участник", 2.6),
        column("Договор", 2),
        column("Часы", 1, _NUMBER),
        column("Групп", 1, _INTEGER),
        column("Обучающихся", 1.6, _INTEGER),
    ]
    items = [item for item in source.curricula["items"] if _is_shown(source, item, only)]
    rows = [entry for item in items for entry in _curriculum(source, item)]
    note = f"Группы и обучающиеся — на {source.day:%d.%m.%Y}."
    return table("5", "Сетевые программы (п. 3, 6 плана)", columns, rows, note if rows else None)


def property_used(source: Source, only: Collection[str] | None = None) -> Section:
    """Section 8: who uses what of whom, of the uses that have begun.

    `only` names the ids to show instead, also of those that have not begun.
    """
    columns = [
        column("Объект", 2),
        column("Предоставляет", 2.7),
        column("Пользуется", 2.7),
        column("Основание", 2.8),
        column("Часов", 1, _NUMBER),
        column("Накладок", 1.45, _INTEGER),
    ]
    rows = [
        row(
            use["resource"]["name"],
            use["provider"]["name"],
            use["user"]["name"],
            _basis(use),
            use["hours"],
            len(use["conflicts"]),
        )
        for use in source.premises["items"]
        if _is_shown(source, use, only)
    ]
    return table("8", "Имущество (п. 10 плана)", columns, rows)


def _is_shown(
    source: Source, item: CurriculumLine | PropertyUse, only: Collection[str] | None
) -> bool:
    return source.has_begun(item["start_date"]) if only is None else item["id"] in only


def _lacks(line: ResourceLine) -> tuple[str | None, str | None]:
    return line["short"], line["provided"]


def _is_more(amount: str | None) -> bool:
    return amount is not None and Decimal(amount) > 0


def _place(line: ResourceLine) -> tuple[tuple[str, str], tuple[str, str, str]]:
    return alphabetical(line["resource_type"]["name"]), _type_of(line)


def _type_of(line: ResourceLine) -> tuple[str, str, str]:
    """Title and unit of a type of resource, and its id: two types may have one title."""
    kind = line["resource_type"]
    return kind["name"] or kind["code"], kind["unit"], kind["id"]


def _resource(line: ResourceLine, offers: dict[tuple[str, str], list[ResourceProposal]]) -> Row:
    found = offers[line["organization"]["id"], line["resource_type"]["id"]]
    return row(
        line["organization"]["name"],
        line["needed"],
        line["available"],
        line["short"],
        line["provided"],
        "; ".join(_offer(proposal) for proposal in found) or None,
    )


def _offer(proposal: ResourceProposal) -> str:
    return f"{proposal['quantity'].replace('.', ',')} — {proposal['provider']['name']}"


def _note(lines: list[ResourceLine]) -> str | None:
    if not lines:
        return None
    note = "Показаны организации, которым чего-то не хватает или уже предоставлено."
    stale = listed(line["organization"] for line in lines if line["stale"])
    return f"{note} Сведения старше года, не учтены: {stale}." if stale else note


def _curriculum(source: Source, item: CurriculumLine) -> list[Row]:
    bases = [party for party in item["parties"] if party["role"] == CurriculumRole.BASE]
    others = [party for party in item["parties"] if party["role"] != CurriculumRole.BASE]
    groups = _groups(source, item)
    learners = _learners(source, groups)
    acts = _acts(source, item)
    rows = []
    title: str | None = item["title"]
    for base in bases:
        key = base["organization"]["id"]
        rows.append(
            row(
                title,
                base["organization"]["name"],
                "; ".join(party["organization"]["name"] or "" for party in others) or None,
                acts.get(key),
                _hours(item["parties"]) if title else "",
                len(groups) if title else "",
                learners[key],
            )
        )
        title = ""
    return rows


def _groups(source: Source, item: CurriculumLine) -> list[GroupRow]:
    """The groups of a curriculum that run on the day."""
    groups = source.frame.exchange.groups if source.frame else ()
    return [
        group
        for group in groups
        if str(group.curriculum_id) == item["id"]
        and covers(group.start_date, group.end_date, source.day)
    ]


def _learners(source: Source, groups: Iterable[GroupRow]) -> Counter[str]:
    """The learners of some groups by home school."""
    learners = Counter[str]()
    for group in groups:
        for home in source.framed.facts.exchange.learners.get(group.id, ()):
            learners[str(home.organization_id)] += home.enrolled
    return learners


def _hours(parties: Iterable[CurriculumParty]) -> str:
    return spoken_decimal(sum((Decimal(party["hours"]) for party in parties), Decimal()))


def _acts(source: Source, item: CurriculumLine) -> dict[str, str]:
    """The contract of each base that is dated by the day."""
    if source.frame is None:
        return {}
    exchange = source.frame.exchange
    parties: list[PartyRow] = exchange.parties.get(Id(item["id"]), [])
    acts = {
        party.organization_id: exchange.acts.get(party.act_id or Id(int=0)) for party in parties
    }
    return {
        str(key): f"№ {act.number} от {act.act_date:%d.%m.%Y}"
        for key, act in acts.items()
        if act and act.act_date <= source.day
    }


def _basis(use: PropertyUse) -> str:
    label = use["basis"].label
    lacks = [PAPERS[name] for name in use["missing"]]
    text = f"{label}; нет: {', '.join(lacks)}" if lacks else label
    return text[:1].upper() + text[1:]
