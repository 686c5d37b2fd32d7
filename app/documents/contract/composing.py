"""Composing: a contract of its clauses, its annexes and the details of its parties."""

from app.documents.contract.annexes import annexes
from app.documents.contract.clauses import own_clauses, sections
from app.documents.contract.parties import Details, Side, Sides
from app.documents.paper import Orientation, Paper, PaperKind, Signature
from app.documents.report.composing import is_training
from app.documents.report.source import Source
from app.registry.network_curricula import CurriculumRole

_FOOTER = (
    "Составлено по примерной форме договора (приказ Минобрнауки России и Минпросвещения России от "
    "05.08.2020 № 882/391); слова пунктов {own} предложены сервисом. Перед подписанием Стороны "
    "проверяют текст."
)

_PLACE = f"Место заключения: {'_' * 20}"


def contract(source: Source, sides: Sides) -> Paper:
    """The contract of one base with the participants of a curriculum.

    Raises:
        NotFound: the caller does not see its program.

    """
    head, curriculum = source.framed.head, sides.curriculum
    return {
        "kind": PaperKind.CONTRACT,
        "orientation": Orientation.PORTRAIT,
        "requisites": {
            "heading": "ДОГОВОР",
            "subject": "о сетевой форме реализации образовательных программ",
            "about": [],
            "organization": None,
            "place": _PLACE,
            "approval": None,
            "program_id": str(curriculum.program_id),
            "subject_id": str(curriculum.id),
            "as_of": head["as_of"],
            "state_version": head["state_version"],
            "numbered": True,
            "working": False,
            "frozen": None,
            "persons": False,
            "training": is_training(source.tx, source.program.municipality_id),
            "footer": _FOOTER.format(own=", ".join(own_clauses(sides))),
        },
        "sections": [*sections(sides), *annexes(source, sides)],
        "signatures": [_signature(side) for side in (sides.base, *sides.participants)],
    }


def _signature(side: Side) -> Signature:
    is_base = side.party.role == CurriculumRole.BASE
    return {
        "side": "Базовая организация" if is_base else "Организация-участник",
        "lines": _lines(side.details),
        "position": None,
        "name": None,
    }


def _lines(details: Details) -> list[str]:
    numbers = ("ИНН", details.inn), ("КПП", details.kpp), ("ОГРН", details.ogrn)
    told = [f"{name} {number}" for name, number in numbers if number]
    contacts = [text for text in (details.phone, details.email) if text]
    lines = [details.full_name, details.address, ", ".join(told), ", ".join(contacts)]
    return [line for line in lines if line]
