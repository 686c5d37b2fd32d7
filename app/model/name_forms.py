"""Name forms: whether a word may be a name in another grammatical case, or misspelt."""

import re
from collections.abc import Collection

_ENDING = re.compile(r"[аеиоуыэюяьй]$")
_CASES = re.compile(r"[аеиоуыэюяьй]{0,3}[мюх]?")
"""What stands behind the stem of a name in any case: «-ы», «-ией», «-ом»."""
_FLEETING = re.compile(r"[ео](?=[^аеиоуыэюяьй]$)")
"""The vowel that «Павел» and «Лев» lose: «Павла», «Льва»."""

_SURNAME_ENDING = re.compile(r"[аеиоуыэюяьй]{1,2}$")
_SURNAME_CASES = re.compile(r"[ое]го|[ое]му|[аеиоуыэюяьй]{0,2}[мх]?и?")
"""«-ой», «-ым», «-ого»; never «-на» or «-ич»: «Ивановна» is no form of «Иванов»."""

_STEM = 3
"""Letters of a stem at least: «Ли» says nothing in other cases."""

_SHORT, _MIDDLE = 3, 6
"""Letters: a name up to the first has no misspelling, from the second on two letters may differ."""


def is_form_of(name: str, word: str, known: Collection[str] = ()) -> bool:
    """Whether a folded word may be this folded first name in another case, or misspelt.

    A word that is another of the `known` names is that name: «Инна» is no misspelt «Анна».
    """
    name, plain = _plain(name), _plain(word)
    if plain == name or _is_case_of(name, plain):
        return True
    if word in known or len(name) <= _SHORT:
        return False
    return _distance(name, plain) <= (2 if len(name) >= _MIDDLE else 1)


def is_form_of_surname(name: str, word: str) -> bool:
    """Whether a folded word may be this folded surname in another case; of both if double."""
    parts, others = name.split("-"), word.split("-")
    return len(parts) == len(others) and all(map(_is_case_of_surname, parts, others))


def _is_case_of_surname(name: str, word: str) -> bool:
    stem = _SURNAME_ENDING.sub("", name)
    if len(stem) < _STEM or not word.startswith(stem):
        return word == name
    return _SURNAME_CASES.fullmatch(word[len(stem) :]) is not None


def _plain(name: str) -> str:
    """A name without what only its spellings differ in: «Наталья», «Даниил»."""
    return re.sub(r"ь(?=[еиюя])", "и", re.sub(r"(.)\1", r"\1", name))


def _is_case_of(name: str, word: str) -> bool:
    stem = _ENDING.sub("", name)
    stems = {stem, _FLEETING.sub("", stem), _FLEETING.sub("ь", stem)}
    return any(
        len(each) > 1 and word.startswith(each) and _CASES.fullmatch(word[len(each) :])
        for each in stems
    )


def _distance(one: str, other: str) -> int:
    """The letters to change, add, drop or swap with the next, so that a word becomes another."""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        above, before, line = before, line, [at + 1]
        for to, wanted in enumerate(other):
            cost = min(before[to] + (letter != wanted), before[to + 1] + 1, line[to] + 1)
            is_swapped = at and to and letter == other[to - 1] and one[at - 1] == wanted
            line.append(min(cost, above[to - 1] + 1) if is_swapped else cost)
    return line[-1]
