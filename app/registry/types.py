"""Value types of the registry: codes as they are issued, money, quantities, times and years."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from app.findings import Fault, fault
from app.model.faults import refuse
from app.model.values import Exact, Line
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
NOT_A_TIME = fault(
    "not_a_time",
    "Нужно время от 00:00 до 23:59 в виде ЧЧ:ММ, например 09:00.",
    "A time from 00:00 to 23:59 as HH:MM is expected, such as 09:00.",
)
NOT_A_SCHOOL_YEAR = fault(
    "not_a_school_year",
    "Нужен учебный год из двух соседних лет, например 2020/2021.",
    "A school year of two consecutive years is expected, such as 2020/2021.",
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


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        refuse(NOT_A_TIME)
    return value


def _school_year(value: str) -> str:
    years = _SCHOOL_YEAR.fullmatch(value)
    if not years or int(years[1]) + 1 != int(years[2]):
        refuse(NOT_A_SCHOOL_YEAR)
    return value


def _bare(value: str) -> str:
    return _SIGN.sub("", value) or value


_SIGN = re.compile(r"^(?:(?:№\s*)+|N[°o]?\.?\s+(?=[0-9]))")
"""What people write before a number; papers print it there themselves."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})/([0-9]{4})")

RUBLES = Exact(places=2, between=(-(10**12) + 1, 10**12 - 1))
Money = Annotated[Decimal, RUBLES]
"""Rubles with kopecks, less than 10^12 either way."""

COUNTED = Exact(places=2, between=(0, 1_000_000))
Quantity = Annotated[Decimal, COUNTED]
"""How much of a resource, in its unit; also hours."""

Number = Annotated[Line, AfterValidator(_bare)]
"""The number of a document or a clause; «№ 45-О» is stored as "45-О"."""

Clock = Annotated[
    str,
    AfterValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]
"""A time of day, `HH:MM`."""

SchoolYear = Annotated[
    str,
    AfterValidator(_school_year),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}/[0-9]{4}$"}),
]
"""A school year, `2020/2021`; it begins on 1 September."""

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
