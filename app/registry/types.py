"""Value types of the registry: ИНН, КПП, ОГРН, ОКТМО and СНИЛС."""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from app.findings import Fault, fault
from app.model.faults import refuse
from app.registry.identifiers import (
    inn_is_valid,
    kpp_is_valid,
    ogrn_is_valid,
    oktmo_is_valid,
    snils_digits,
)

BAD_INN = fault(
    "bad_inn",
    "Это не ИНН организации: нужно 10 цифр с верной контрольной. Сверьте с документом.",
    "Not an organization's ИНН: ten digits with a valid check digit are expected.",
)
BAD_KPP = fault(
    "bad_kpp",
    "Это не КПП: нужно 9 знаков, например 163301001.",
    "Not a КПП: nine characters such as 163301001 are expected.",
)
BAD_OGRN = fault(
    "bad_ogrn",
    "Это не ОГРН: нужно 13 цифр с верной контрольной. Сверьте с документом.",
    "Not an ОГРН: thirteen digits with a valid check digit are expected.",
)
BAD_OKTMO = fault(
    "bad_oktmo",
    "Это не ОКТМО муниципалитета: нужно 8 цифр, например 92648000.",
    "Not a municipality's ОКТМО: eight digits such as 92648000 are expected.",
)
BAD_SNILS = fault(
    "bad_snils",
    "СНИЛС не проходит проверку: нужно 11 цифр с верным контрольным числом.",
    "The СНИЛС is not valid: eleven digits with a valid check number are expected.",
)


def _checked(value: str, *, valid: bool, otherwise: Fault) -> str:
    if not valid:
        refuse(otherwise)
    return value


def _snils(value: str) -> str:
    digits = snils_digits(value)
    if digits is None:
        refuse(BAD_SNILS)
    return digits


Inn = Annotated[
    str,
    AfterValidator(lambda value: _checked(value, valid=inn_is_valid(value), otherwise=BAD_INN)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{10}$"}),
]
Kpp = Annotated[
    str,
    AfterValidator(lambda value: _checked(value, valid=kpp_is_valid(value), otherwise=BAD_KPP)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$"}),
]
Ogrn = Annotated[
    str,
    AfterValidator(lambda value: _checked(value, valid=ogrn_is_valid(value), otherwise=BAD_OGRN)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{13}$"}),
]
Oktmo = Annotated[
    str,
    AfterValidator(lambda value: _checked(value, valid=oktmo_is_valid(value), otherwise=BAD_OKTMO)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{8}$"}),
]
Snils = Annotated[
    str,
    AfterValidator(_snils),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^([0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}|[0-9]{11})$",
        }
    ),
]
