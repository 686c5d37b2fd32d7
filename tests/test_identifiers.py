"""Identifiers: one wrong digit is noticed, what the registers issued is accepted."""

import pytest

from app.registry.identifiers import (
    inn_is_valid,
    kpp_is_valid,
    ogrn_is_valid,
    ogrn_looks_like_grn,
    oktmo_is_valid,
    snils_digits,
)

INN, OGRN, SNILS = "1633000183", "2041645607254", "11223344595"


@pytest.mark.parametrize("value", [INN, "7707083893", "7830002293", "5902202276"])
def test_an_issued_inn_is_valid(value: str) -> None:
    assert inn_is_valid(value)


@pytest.mark.parametrize("value", [OGRN, "1027700132195", "1027700220624"])
def test_an_issued_ogrn_is_valid(value: str) -> None:
    assert ogrn_is_valid(value)


@pytest.mark.parametrize("place", range(10))
def test_one_wrong_digit_of_an_inn_is_noticed(place: int) -> None:
    assert not inn_is_valid(_slip(INN, place))


@pytest.mark.parametrize("place", range(13))
def test_one_wrong_digit_of_an_ogrn_is_noticed(place: int) -> None:
    assert not ogrn_is_valid(_slip(OGRN, place))


@pytest.mark.parametrize("place", range(11))
def test_one_wrong_digit_of_a_snils_is_noticed(place: int) -> None:
    assert snils_digits(_slip(SNILS, place)) is None


def test_an_ogrn_of_a_later_entry_is_told_apart() -> None:
    assert ogrn_looks_like_grn(OGRN)
    assert not ogrn_looks_like_grn("1027700132195")
    assert not ogrn_looks_like_grn("5077746887312")


@pytest.mark.parametrize("value", [SNILS, "112-233-445 95", "112-233-445-95"])
def test_a_snils_is_read_in_its_printed_forms(value: str) -> None:
    assert snils_digits(value) == SNILS


@pytest.mark.parametrize("value", ["920-000-003 00", "920-000-004 00"])
def test_a_sum_of_100_or_101_gives_the_check_00(value: str) -> None:
    assert snils_digits(value)


def test_the_oldest_snils_have_no_check() -> None:
    assert snils_digits("001-001-998 99") == "00100199899"
    assert snils_digits("001-001-999 99") is None


@pytest.mark.parametrize("length", [8, 10, 11, 13])
def test_zeros_are_nobodys_number(length: int) -> None:
    checks = (inn_is_valid, ogrn_is_valid, oktmo_is_valid, snils_digits)
    assert not any(check("0" * length) for check in checks)


@pytest.mark.parametrize("value", ["", "1633", "16330001830", " 1633000183", "1633000183\n"])
def test_a_number_of_another_form_is_refused(value: str) -> None:
    checks = (inn_is_valid, kpp_is_valid, ogrn_is_valid, oktmo_is_valid, snils_digits)
    assert not any(check(value) for check in checks)


@pytest.mark.parametrize("value", ["１６３３０００１８３", "١٦٣٣٠٠٠١٨٣", "1,633E+09", "²633000183"])
def test_only_ascii_digits_are_digits(value: str) -> None:
    assert not inn_is_valid(value)


@pytest.mark.parametrize("value", ["163301001", "7727AB001"])
def test_a_kpp_has_digits_or_latin_capitals_in_the_middle(value: str) -> None:
    assert kpp_is_valid(value)


@pytest.mark.parametrize("value", ["1633ab001", "1633АВ001", "16330100A", "163301001\n"])
def test_a_kpp_of_another_form_is_refused(value: str) -> None:
    assert not kpp_is_valid(value)


def test_an_oktmo_names_a_municipality_in_eight_digits() -> None:
    assert oktmo_is_valid("92648000")
    assert not oktmo_is_valid("92648455101")


def _slip(number: str, place: int) -> str:
    return f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
