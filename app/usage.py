"""Usage: a parser of arguments that speaks the language of the run, argparse's own words too."""

import argparse
from collections.abc import Mapping

from app.words import Words

_WORDS: Mapping[str, Words] = {
    each.en: each
    for each in (
        Words("использование: ", "usage: "),
        Words("аргументы", "positional arguments"),
        Words("параметры", "options"),
        Words("показать эту справку и выйти", "show this help message and exit"),
        Words("%(prog)s: ошибка: %(message)s\n", "%(prog)s: error: %(message)s\n"),
        Words("%(argument_name)s: %(message)s", "argument %(argument_name)s: %(message)s"),
        Words("не хватает аргументов: %s", "the following arguments are required: %s"),
        Words("неизвестные аргументы: %s", "unrecognized arguments: %s"),
        Words("нужен один из аргументов: %s", "one of the arguments %s is required"),
        Words(
            "не бывает %(value)r (выберите из: %(choices)s)",
            "invalid choice: %(value)r (choose from %(choices)s)",
        ),
        Words(
            "команды %(parser_name)r нет (выберите из: %(choices)s)",
            "unknown parser %(parser_name)r (choices: %(choices)s)",
        ),
        Words("значение %(value)r не подходит", "invalid %(type)s value: %(value)r"),
        Words("нужно одно значение", "expected one argument"),
        Words("нужно не больше одного значения", "expected at most one argument"),
        Words("нужно хотя бы одно значение", "expected at least one argument"),
        Words("нужно значений: %s", "expected %s argument"),
        Words("нужно значений: %s", "expected %s arguments"),
        Words("значение %r здесь не нужно", "ignored explicit argument %r"),
        Words("нельзя вместе с %s", "not allowed with argument %s"),
        Words(
            "%(option)s можно понять по-разному: %(matches)s",
            "ambiguous option: %(option)s could match %(matches)s",
        ),
        Words("неожиданный параметр: %s", "unexpected option string: %s"),
    )
}
"""What argparse says to whoever calls a command, by its own English."""


class Parser(argparse.ArgumentParser):
    """A parser in the language of the run; those of its sub-commands are of this class too."""


def _said(text: str) -> str:
    return _WORDS[text].said() if text in _WORDS else text


def _counted(one: str, many: str, count: int) -> str:
    return _said(one if count == 1 else many)


# argparse asks gettext for each of its texts at the moment it says it. gettext knows only compiled
# catalogues on the disk, chosen by LANGUAGE and the locale, where SN_LANGUAGE could not decide; so
# argparse asks this module instead. `tests/test_console.py` reads from its source what it says.
argparse._ = _said  # type: ignore[attr-defined]
argparse.ngettext = _counted  # type: ignore[attr-defined]
