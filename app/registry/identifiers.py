"""Identifiers: validation of ИНН, КПП, ОГРН, СНИЛС and ОКТМО."""

import re

_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_LAST_SNILS_WITHOUT_CHECK = "001001998"
_NOBODY = "000000000"


def inn_is_valid(value: str) -> bool:
    """Whether it is an organization's ИНН: ten digits, the last of them a check digit.

    The weighted sum of nine digits modulo 11, then modulo 10: the algorithm of the tax service,
    to which its order ММВ-7-6/435@ of 29.06.2012 refers.
    """
    if not _is_number(value, 10):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_INN_WEIGHTS, value[:9], strict=True))
    return total % 11 % 10 == int(value[9])


def kpp_is_valid(value: str) -> bool:
    """Whether it has the form of a КПП: tax office, reason, number; it has no check digit.

    Order of the tax service ММВ-7-6/435@ of 29.06.2012: NNNNPPXXX, where P is a digit or A to Z.
    """
    return re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", value) is not None


def ogrn_is_valid(value: str) -> bool:
    """Whether it is an ОГРН: thirteen digits, the last of them a check digit.

    It is the last digit of the remainder of the first twelve by 11 (government decree 438 of
    19.06.2002, appendix 1 to the rules of the register). The first digit is not judged here.
    """
    return _is_number(value, 13) and int(value[:12]) % 11 % 10 == int(value[12])


def ogrn_looks_like_grn(value: str) -> bool:
    """Whether its first digit is that of a later entry's number (ГРН), not of an ОГРН.

    An ОГРН begins with 1 or 5 (the same appendix), but real letterheads carry others.
    """
    return not value.startswith(("1", "5"))


def snils_digits(value: str) -> str | None:
    """The eleven digits of a СНИЛС (`XXX-XXX-XXX YY`, a hyphen before YY, or plain); None if wrong.

    The sum of nine digits, each times its place from the end, modulo 101, last two digits; numbers
    up to 001-001-998 are older than the check (the pension fund's formats of reports, «Алгоритм
    формирования контрольного числа»). Zeros are nobody's number.
    """
    if not re.fullmatch(r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}|[0-9]{11}", value):
        return None
    digits = value.replace("-", "").replace(" ", "")
    number, check = digits[:9], int(digits[9:])
    if number <= _LAST_SNILS_WITHOUT_CHECK:
        return digits if number != _NOBODY else None
    total = sum(place * int(digit) for place, digit in zip(range(9, 0, -1), number, strict=True))
    return digits if total % 101 % 100 == check else None


def oktmo_is_valid(value: str) -> bool:
    """Whether it has the form of a municipality's ОКТМО: eight digits (ОК 033-2013)."""
    return _is_number(value, 8)


def _is_number(value: str, length: int) -> bool:
    # Zeros pass every check here and are nobody's number.
    return len(value) == length and value.isascii() and value.isdecimal() and value.strip("0") != ""
