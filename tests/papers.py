"""Papers: a report and a contract as a methodologist would send them, for tests of files."""

from decimal import Decimal

from app.documents.paper import (
    Cell,
    Clause,
    Column,
    ColumnKind,
    Orientation,
    Paper,
    PaperKind,
    Requisites,
    Row,
    RowKind,
    Section,
    Signature,
    column,
    heading,
    row,
    table,
)

ADDRESS = "https://set.example.ru/verify/" + "0123456789abcdef" * 4
_PARTNERS = "МБУ «Отдел образования»;\nМБОУ «Отар-Дубровская СОШ»;\nМБОУ «Кулаевская СОШ»"
DIRECTIONS = (
    "Нормативно-правовое обеспечение взаимодействия",
    "Научно-методическое сопровождение",
    "Кадровое обеспечение",
    "Работа с обучающимися",
)


def requisites(**changes: object) -> Requisites:
    made: Requisites = {
        "heading": "ОТЧЁТ",
        "subject": "О реализации муниципальной программы за 17.04.2020 – 31.12.2020",
        "about": ["Муниципальная программа сетевого взаимодействия школ Пестречинского района"],
        "organization": "МБУ «Отдел образования»",
        "place": "с. Пестрецы",
        "approval": {
            "heading": "УТВЕРЖДАЮ",
            "position": "Начальник МБУ «Отдел образования»",
            "name": None,
        },
        "program_id": "01a22374-5c6c-7459-90b0-be853437c440",
        "subject_id": "01a22374-5c6c-7459-90b0-be853437c443",
        "as_of": "2020-12-31",
        "state_version": 13397,
        "numbered": True,
        "working": False,
        "frozen": None,
        "persons": False,
        "training": True,
        "footer": None,
    }
    return {**made, **changes}  # type: ignore[typeddict-item]  # what a test changes is named


def report(plan: int = 40, organizations: int = 45, sections: int = 0) -> Paper:
    """A report; `sections` more have one row an organization."""
    return {
        "kind": PaperKind.REPORT,
        "orientation": Orientation.LANDSCAPE,
        "requisites": requisites(),
        "sections": [
            _participants(organizations),
            _plan(plan),
            _indicators(),
            _money(),
            table("9", "Инициативы (п. 5)", [column("Название", 1)], []),
            *(_resources(4 + number, organizations) for number in range(sections)),
            _missing(),
        ],
        "signatures": [
            {
                "side": None,
                "lines": [],
                "position": "Координатор программы, методист",
                "name": None,
            }
        ],
    }


def contract() -> Paper:
    """A contract of the network form, with blanks to fill in and two annexes."""
    return {
        "kind": PaperKind.CONTRACT,
        "orientation": Orientation.PORTRAIT,
        "requisites": requisites(
            heading="ДОГОВОР",
            subject="о сетевой форме реализации образовательных программ",
            organization=None,
            approval=None,
            working=True,
            training=False,
            footer="Формулировки пунктов стороны сверяют с примерной формой до подписания.",
        ),
        "sections": [*_clauses(), *_annexes()],
        "signatures": [_party("Базовая организация"), _party("Организация-участник")],
    }


def clause(no: str | None, *pieces: str | None) -> Clause:
    return {"no": no, "pieces": [*pieces]}


def section(title: str, **changes: object) -> Section:
    made: Section = {
        "no": None,
        "title": title,
        "annex": None,
        "clauses": [],
        "columns": [],
        "rows": [],
        "note": None,
    }
    return {**made, **changes}  # type: ignore[typeddict-item]  # what a test changes is named


def total(*cells: Cell) -> Row:
    return {"kind": RowKind.TOTAL, "cells": [*cells]}


def span(no: str, text: str) -> Row:
    return {"kind": RowKind.SPAN, "cells": [no, text]}


def _participants(count: int) -> Section:
    columns = [
        column("Организация", 3),
        column("Категория", 1.5),
        column("Роль", 1.8),
        column("Партнёрство", 3.4),
        column("Срок", 1.7, ColumnKind.PERIOD),
    ]
    rows = [
        row(
            f"МБОУ «Средняя общеобразовательная школа № {number} имени Героя Советского Союза»",
            "ШНОР" if number % 3 else "ШНСУ",
            "поддерживаемая;\nведущая" if number % 5 == 0 else "поддерживаемая",
            "Школа-партнёр: повышение качества математического образования",
            {"since": "2020-04-17", "until": "2021-12-31" if number % 2 else None},
        )
        for number in range(1, count + 1)
    ]
    return table("1", "Основание и участники", columns, rows)


def _plan(count: int) -> Section:
    columns = [
        column("№", 0.6, ColumnKind.INDEX),
        column("Мероприятие", 4),
        column("Сроки", 1.8),
        column("Ответственные/ участники", 2.6),
        column("Результат", 4.6),
        column("Срок до", 1.45, ColumnKind.DATE),
        column("Факт", 1.45, ColumnKind.DATE),
        column("Отметка об исполнении", 2),
    ]
    rows: list[Row] = []
    for number in range(count):
        if number % (count // len(DIRECTIONS) or 1) == 0:
            rows.append(heading(DIRECTIONS[len(rows) % len(DIRECTIONS)]))
        rows.append(_planned(number + 1))
    return table("2", "План и факт", columns, rows)


def _planned(number: int) -> Row:
    aim = "Правовое оформление сетевого взаимодействия образовательных учреждений. "
    return row(
        str(number),
        "Создание нормативно-правовой базы сетевого взаимодействия (положение, договор, план)",
        "Октябрь-ноябрь 2020",
        _PARTNERS,
        aim * (1 + number % 4),
        "2020-11-30",
        None if number % 3 else "2020-12-05",
        {"lines": ["исполнено", "с опозданием на 5 дн."]} if number % 3 == 0 else "не исполнено",
    )


def _indicators() -> Section:
    columns = [
        column("Показатель", 5),
        column("Цель", 1.7),
        column("Числитель", 1.4, ColumnKind.NUMBER),
        column("Знаменатель", 1.6, ColumnKind.NUMBER),
        column("Значение", 1.5, ColumnKind.NUMBER),
        column("Достигнут", 1.5),
    ]
    rows = [
        row(
            "Доля организаций в сети с лидерами", "не менее 50", "1", "1", {"percent": "100"}, "да"
        ),
        row("Доля охваченных педагогов", "не менее 50", "0", "0", None, "нет данных"),
    ]
    return table("3", "Показатели", columns, rows, "Отношения считаются по округлённым долям.")


def _money() -> Section:
    columns = [
        column("Источник", 2.6),
        column("План", 1.6, ColumnKind.MONEY),
        column("Исполнено", 1.6, ColumnKind.MONEY),
        column("%", 0.95, ColumnKind.PERCENT),
        column("Получателей", 1.6, ColumnKind.INTEGER),
        column("Причина", 2.1),
    ]
    rows = [
        span("9", "Финансирование по источникам, руб."),
        row("местный бюджет", "120000.00", "75000.5", "62.5", 1345, "возврат в декабре"),
        row("региональный бюджет", "50000.00", "-1234567.89", None, 2, None),
        total("Всего", "170000.00", "75000.5", "44.12", 1347, None),
    ]
    return table("7", "Финансирование (п. 9)", columns, rows)


def _resources(no: int, count: int) -> Section:
    columns: list[Column] = [
        column("Организация", 3),
        column("Ресурс", 2),
        column("Требуется", 1.35, ColumnKind.INTEGER),
        column("Имеется", 1.2, ColumnKind.INTEGER),
        column("Цена", 1.3, ColumnKind.MONEY),
        column("Предложение сети", 2.6),
    ]
    rows = [
        row(
            f"МБОУ «Школа № {number}»",
            "Спортивный зал, час в неделю",
            number,
            number // 2,
            str(Decimal(number) * 1000 + Decimal("0.5")),
            None,
        )
        for number in range(count)
    ]
    return table(str(no), f"Ресурсы, часть {no}", columns, rows)


def _missing() -> Section:
    rows = [row(str(number), "Нет отметки об исполнении строки плана") for number in range(1, 4)]
    columns = [column("№", 1, ColumnKind.INDEX), column("Чего нет", 5)]
    return table("11", "Чего нет в данных", columns, rows)


def _clauses() -> list[Section]:
    subject = (
        "Стороны реализуют образовательную программу с использованием сетевой формы. "
        "Программа утверждается базовой организацией самостоятельно или совместно с участником."
    )
    first = [
        clause("1.1", "Предметом договора является реализация программы «", None, "»."),
        *(clause(f"1.{number}", subject) for number in range(2, 6)),
        clause("1.6", "Срок реализации: с ", None, " по ", None, "."),
    ]
    second = [clause(f"2.{number}", subject * 2) for number in range(1, 12)]
    third = [clause(f"3.{number}", subject) for number in range(1, 4)]
    return [
        section("Предмет договора", no="1", clauses=first),
        section("Осуществление программы", no="2", clauses=second),
        section("Заключительные положения", no="3", clauses=third),
    ]


def _annexes() -> list[Section]:
    hours = column("Часов", 1, ColumnKind.INTEGER)
    parts = [row(f"Модуль {number}", "МБОУ «Кулаевская СОШ»", 12) for number in range(1, 9)]
    return [
        section(
            "Части программы",
            annex="Приложение 1 к договору",
            columns=[column("Часть", 3), column("Организация", 3), hours],
            rows=[*parts, total("Всего", None, 96)],
        ),
        section(
            "Ресурсы",
            annex="Приложение 2 к договору",
            columns=[column("Ресурс", 3), hours],
            rows=[row("Компьютерный класс", 34)],
            note="Ресурсы передаются без платы.",
        ),
    ]


def _party(side: str) -> Signature:
    return {
        "side": side,
        "lines": ["МБОУ «Кулаевская СОШ»", "422793, с. Кулаево, ул. Школьная, д. 1", "ИНН 1633"],
        "position": "Директор",
        "name": None,
    }


def filled(text: str) -> Paper:
    """A paper with the text in each of its places, those of a title and a footer too."""
    return {
        "kind": PaperKind.CONTRACT,
        "orientation": Orientation.PORTRAIT,
        "requisites": requisites(
            heading=text,
            subject=text,
            about=[text],
            organization=text,
            place=text,
            approval={"heading": text, "position": text, "name": text},
            footer=text,
        ),
        "sections": [_filled(text, None), _filled(text, text)],
        "signatures": [_filled_signature(text, text), _filled_signature(text, text)],
    }


PLACES = 9 + 2 * (1 + 2 + 1 + 7 + 1) + 1 + 2 * 4
"""How often the text of `filled` stands in it: requisites, sections, annex, signatures."""


def roomy(text: str) -> Paper:
    """A paper with the text where many signs are to be expected."""
    columns = [column("Первый", 1), column("Второй", 2)]
    rows = [
        heading(text),
        row(text, {"lines": [text, "исполнено"]}),
        span("1", text),
        total("Всего", text),
    ]
    wide = section("Раздел", clauses=[clause("1", text)], columns=columns, rows=rows, note=text)
    return {
        "kind": PaperKind.REPORT,
        "orientation": Orientation.LANDSCAPE,
        "requisites": requisites(about=[text]),
        "sections": [wide],
        "signatures": [_filled_signature(None, text)],
    }


ROOMY_PLACES = 9
"""How often the text of `roomy` stands in it."""


def _filled(text: str, annex: str | None) -> Section:
    columns = [column(text, 1), column("№", 1, ColumnKind.INDEX)]
    rows = [
        heading(text),
        row(text, text),
        row({"lines": [text, text]}, None),
        span("1", text),
        total(text, None),
    ]
    return section(
        text,
        no="1",
        annex=annex,
        clauses=[clause(None, text, None, text)],
        columns=columns,
        rows=rows,
        note=text,
    )


def _filled_signature(side: str | None, text: str) -> Signature:
    lines = [text] if side else []
    return {"side": side, "lines": lines, "position": text, "name": text if side else None}
