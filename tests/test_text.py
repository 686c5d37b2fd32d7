"""Texts are kept clean and readable, and texts that mean the same have one key."""

import itertools
from contextlib import suppress
from typing import Annotated, Any
from unicodedata import category, is_normalized, normalize

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.database.members import Form
from app.model.leaves import leaves
from app.model.resource import Resource
from app.model.text import Unreadable, clean_line, clean_text, fold, mixed_script
from app.registry import RESOURCES
from app.store.speech import form_of

READABLE = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from(" \t\r\n"))
TANGLED = st.text("аеёйЕЁaeëyYhH №«\"'-—\u00ad\u200b\u0301\u0306\u0308\u0323\u0345ﬁ™¨İß")
NAMES = st.text("АЕЁИЙКМНОРСТУХавекмнорстухцшщ -", min_size=1)
LOOK_ALIKES = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")


@given(READABLE)
def test_a_kept_text_is_normal_and_is_not_changed_again(value: str) -> None:
    for clean in (clean_line, clean_text):
        kept = clean(value)
        assert is_normalized("NFC", kept)
        assert clean(kept) == kept


@pytest.mark.parametrize("space", [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2009", "\u2028"])
def test_white_space_in_a_line_is_one_space(space: str) -> None:
    assert clean_line(f"{space}Отдел{space}образования{space}") == "Отдел образования"


@pytest.mark.parametrize("unseen", "\u00ad\u200b\u200d\u200e\u202e\u2060\u2067\ufeff\u3164")
def test_what_nobody_sees_is_not_kept(unseen: str) -> None:
    assert clean_line(f"{unseen}Пест{unseen}рецы{unseen}") == "Пестрецы"
    assert fold(f"Пест{unseen}рецы") == "пестрецы"


def test_a_decomposed_letter_is_kept_as_one() -> None:
    assert clean_line(normalize("NFD", "Матюничёва Йола")) == "Матюничёва Йола"


def test_a_mark_joins_its_letter_across_what_nobody_sees() -> None:
    assert clean_line("е\u200b\u0308ж") == "ёж"


def test_a_long_text_keeps_its_lines() -> None:
    typed = " \n Цель:\r\nпомощь \t школам \r\r\n\n\n\nСрок\u00a0 2021\n"
    assert clean_text(typed) == "Цель:\nпомощь школам\n\nСрок 2021"


@pytest.mark.parametrize("bad", ["\0", "\x0b", "\x1f", "\x7f", "\x85", "\x9f", "\ud800"])
def test_controls_and_half_characters_are_no_text(bad: str) -> None:
    for clean in (clean_line, clean_text):
        with pytest.raises(Unreadable) as refusal:
            clean(f"а{bad}б")
        assert refusal.value.code == "unreadable"


CONTROLS = {chr(code) for code in range(32)}
TYPED = ("аб{}вг", "12{}34", "http://школа.рф/{}", "08:30{}", "{}a", "a{}")


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_no_record_holds_what_its_json_would_have_to_escape(resource: Resource) -> None:
    """On PostgreSQL JSON is put together of what `Form` says that a value may hold."""
    for leaf in leaves(resource):
        if leaf.column is None or not isinstance(leaf.column.type, sa.String):
            continue
        reads = TypeAdapter[Any](Annotated[leaf.info.annotation, *leaf.info.metadata])  # type: ignore[arg-type]
        never = CONTROLS - {"\n"} if form_of(leaf.column) is Form.TEXT else {*CONTROLS, '"', "\\"}
        for sign, typed in itertools.product(never, TYPED):
            with suppress(ValidationError):
                assert sign not in str(reads.validate_python(typed.format(sign))), leaf.path


@pytest.mark.parametrize("bad", "\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff")
def test_noncharacters_are_no_text(bad: str) -> None:
    with pytest.raises(Unreadable):
        clean_line(bad)


@pytest.mark.timeout(5)
def test_a_pile_of_marks_is_refused_before_it_costs_time() -> None:
    assert clean_line("а" + "\u0323\u0301" * 15)
    with pytest.raises(Unreadable):
        clean_line("а" + "\u0323\u0301" * 250_000)


@pytest.mark.long
@given(st.text() | TANGLED)
@example("ё\u0323\u0308\u0308")
@example("y\u0306ж")
@example("Школа№5а")
def test_folding_a_key_again_changes_nothing(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_depends_on_no_normal_form(value: str) -> None:
    assert fold(normalize("NFD", value)) == fold(normalize("NFC", value)) == fold(value)


@given(NAMES)
def test_a_name_typed_in_another_way_has_the_same_key(name: str) -> None:
    for typed in (name.upper(), name.lower(), name.replace("ё", "е"), name.replace(" ", " \u00a0")):
        assert fold(f" {typed} ") == fold(name)


@given(NAMES, st.data())
def test_look_alikes_in_a_cyrillic_word_change_no_key(name: str, data: st.DataObject) -> None:
    word = f"{name.replace(' ', '').replace('-', '')}щ"
    slips = data.draw(st.sets(st.sampled_from(range(len(word)))))
    typed = "".join(c.translate(LOOK_ALIKES) if at in slips else c for at, c in enumerate(word))
    assert fold(typed) == fold(word)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Windоws", "windows"),
        ("Сa", "са"),
        ("МБОУ COШ", "мбоу сош"),
        ("MAXОК", "maxok"),
        ("COOO СООО", "cooo сооо"),
        ("IT-куб", "it-куб"),
        ("Семëнов", "семенов"),
    ],
)
def test_a_mixed_word_takes_the_script_of_its_majority(typed: str, key: str) -> None:
    assert fold(typed) == key


@pytest.mark.parametrize("quote", "\"'`´«»‹›‘’‚“”„ʼ″＂＇")
def test_every_quotation_mark_is_one(quote: str) -> None:
    assert fold(f"{quote}Восточная").lstrip('"') == "восточная"
    assert fold(f"{quote}Восточная").startswith('"')


def test_every_dash_is_one() -> None:
    dashes = [chr(c) for c in range(0x110000) if category(chr(c)) == "Pd"] + ["\u2212", "\u2043"]
    assert {fold(f"Отар{dash}Дубровская") for dash in dashes} == {"отар-дубровская"}


def test_the_number_sign_is_a_word_of_its_own() -> None:
    assert fold("СОШ№5а") == fold("СОШ №5а") == fold("СОШ № 5а") == "сош no 5а"


def test_tatar_letters_are_folded_by_case_only() -> None:
    assert fold("МӘГАРИФ Җиңү һөнәр үзәге") == "мәгариф җиңү һөнәр үзәге"


@pytest.mark.parametrize(
    ("value", "mixed"),
    [("МKОУ", True), ("Ивaнов", True), ("МКОУ", False), ("IT-куб", False), ("Школа№5", False)],
)
def test_a_word_of_two_scripts_is_noticed(value: str, *, mixed: bool) -> None:
    assert mixed_script(value) is mixed
