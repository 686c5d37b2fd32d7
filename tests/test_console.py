"""The console: every command speaks one language, in its help, its results and its refusals."""

import argparse
import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app import usage
from app.__main__ import main
from app.commands import COMMANDS
from app.usage import Parser
from app.words import Words, grouped, language, trouble
from tests.process import ROOT

LANGUAGES = ("ru", "en")
LOCALES = ("SN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

NAMES = {
    *COMMANDS,
    *("verify", "archive", "issue", "list", "rotate", "revoke", "app", "python", "make", "check"),
    *("sync", "org", "coordinator", "reader", "auditor", "admin", "participations", "events"),
    *("organizations", "consent", "contract", "json", "pdf", "docx", "xlsx", "html", "http"),
    *("docs", "secret", "seed", "on", "off", "or", "id", "ru", "en", "windows", "jsonl", "https"),
}
"""Lowercase Latin words that name something in Russian texts."""
NAMED_IN_ENGLISH = {"СНИЛС", "ОКТМО"}

TOLD = ("app/commands", "app/sender", "app/mirror", "app/remote.py", "app/settings.py")
SPOKEN = (*TOLD, "app/words.py", "app/usage.py", "app/oversight/report.py", "app/backup")


def prose(text: str, speaks: str) -> list[str]:
    """The words of a text that are of the other language; names, options and codes are of none."""
    if speaks == "en":
        return sorted({*re.findall("[А-Яа-яЁё]{2,}", text)} - NAMED_IN_ENGLISH)
    bare = re.sub(r"{[^}]*}|%\(?\w+\)?\w?|\S*[/_=.:$]\w\S*|--?[a-z][\w-]*", " ", text)
    return sorted({*re.findall(r"(?<![\w-])[a-z]{2,}(?![\w-])", bare)} - NAMES)


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:  # noqa: SLF001 - argparse shows its sub-commands nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for each in {*action.choices.values()}:
                yield from parsers(each)


@pytest.mark.parametrize("speaks", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_in_one_language(name: str, speaks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SN_LANGUAGE", speaks)
    command = Parser(prog=name)
    import_module(f"app.commands.{COMMANDS[name].module}").declare(command)
    for parser in parsers(command):
        actions = parser._actions  # noqa: SLF001 - argparse shows them nowhere else
        assert prose(parser.format_help(), speaks) == []
        told = (
            parser.description or "",
            *(each.help or "" for each in actions if each.dest != argparse.SUPPRESS),
        )
        assert all(re.search(r"\w", each) for each in told), parser.prog
    assert prose(COMMANDS[name].about.said(), speaks) == []


@pytest.mark.parametrize("speaks", LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("nonsense",),
        ("key",),
        ("key", "issue"),
        ("key", "rotate", "abc"),
        ("key", "rotate", "abcd", "--days-old", "x"),
        ("generate", "--size", "Q"),
        ("serve", "--first-keys"),
        ("serve", "--nonsense"),
        ("audit", "archive", "--before", "yesterday", "file"),
        ("report", "x", "--to", "file.doc"),
        ("migration", "Кружки"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_language(
    words: tuple[str, ...],
    speaks: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SN_LANGUAGE", speaks)
    with pytest.raises(SystemExit):
        main([*words])
    said = capsys.readouterr()
    told = re.sub("nonsense|yesterday|'Кружки'|abcd?", "", said.out + said.err)
    assert prose(told, speaks) == []
    assert re.search("[а-я]{3}" if speaks == "ru" else "[a-z]{3}", told)


def test_argparse_says_nothing_in_other_words() -> None:
    """A new Python may say something new: then it has to be translated in `app.usage`."""
    said = {
        word.value
        for call in ast.walk(ast.parse(inspect.getsource(argparse)))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "ngettext"}
        for word in call.args[:2]
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    }
    of_programmers = (
        "invalid option",
        "dest=",
        "conflict",
        "mutually",
        "%r is not",
        "cannot",
        "'required'",
    )
    others = (".__call__", 'argument "-"', "can't open", "invalid conflict")
    open_words = {each for each in said if not each.startswith((*of_programmers, *others))}
    assert open_words - usage._WORDS.keys() == set()  # noqa: SLF001 - the texts under test


def pairs() -> Iterator[tuple[str, str, str]]:
    """Every pair of texts that a command may print: where, in Russian, in English."""
    for place in SPOKEN:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {
                    "Words",
                    "fault",
                }:
                    texts = [
                        str(each.value) for each in call.args if isinstance(each, ast.Constant)
                    ]
                    if len(texts) >= 2:
                        yield f"{file.name}:{call.lineno}", texts[-2], texts[-1]


def test_a_pair_says_the_same_of_the_same_values() -> None:
    found = [*pairs()]
    assert len(found) > 200
    for place, ru, en in found:
        if "%" not in ru:
            assert {*re.findall(r"{(\w+)}", ru)} == {*re.findall(r"{(\w+)}", en)}, place
        assert prose(ru, "ru") == [], place
        assert prose(en, "en") == [], place


def test_nothing_is_printed_in_one_language_alone() -> None:
    """Letters stand in `Words`; what is printed without them is data."""
    bare = [
        f"{file.relative_to(ROOT)}:{call.lineno}: {text.value!s}"
        for place in TOLD
        for file in ([ROOT / place] if Path(place).suffix else sorted((ROOT / place).rglob("*.py")))
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"print", "Refused"}
        for argument in call.args
        for text in ([argument] if isinstance(argument, ast.Constant) else _parts(argument))
        if isinstance(text, ast.Constant) and re.search("[A-Za-zА-я]{3}", str(text.value))
    ]
    assert bare == []


def _parts(argument: ast.expr) -> list[ast.expr]:
    return argument.values if isinstance(argument, ast.JoinedStr) else []


@pytest.mark.parametrize(
    ("said", "speaks"),
    [
        ({}, "ru"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en"}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "tt_RU.UTF-8"}, "ru"),
        ({"LANG": "enm_GB.UTF-8"}, "ru"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": "POSIX"}, "en"),
        ({"LANG": "C"}, "ru"),
        ({"LANG": "C.utf8"}, "ru"),
        ({"LANG": "en_US.UTF-8", "SN_LANGUAGE": "ru"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "SN_LANGUAGE": "en"}, "en"),
    ],
)
def test_the_language_is_that_of_the_machine_unless_it_is_set(
    said: dict[str, str], speaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LOCALES:
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert language() == speaks


@pytest.mark.parametrize("speaks", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("HEADER_SECONDS", "0"),
        ("LOG", "perhaps"),
        ("HOSTS", "http://school.example"),
        ("PROXIES", "proxy"),
        ("TIME_ZONE", "Mars/Base"),
        ("DATABASE_URL_FILE", "/nothing/here"),
    ],
)
def test_a_setting_is_refused_in_one_language(
    name: str,
    value: str,
    speaks: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SN_LANGUAGE", speaks)
    monkeypatch.setenv(f"SN_{name}", value)
    assert main(["key", "list"]) == 2
    told = capsys.readouterr().err.replace(value, "")
    assert prose(told, speaks) == []
    assert re.search("[а-я]{2}" if speaks == "ru" else "[a-z]{2}", told)


@pytest.mark.parametrize("speaks", LANGUAGES)
def test_what_the_system_refuses_is_told_in_one_language(
    speaks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SN_LANGUAGE", speaks)
    with pytest.raises(OSError, match="No such file") as refused:
        (tmp_path / "1").read_bytes()
    told = trouble(refused.value)
    assert told.startswith(f"{tmp_path / '1'}: ")
    assert prose(told.removeprefix(str(tmp_path / "1")), speaks) == []


def test_a_number_is_written_as_its_language_writes_it() -> None:
    text = Words("{count}", "{count}")
    assert text.fill("ru", {"count": grouped(1234567)}) == "1 234 567"
    assert text.fill("en", {"count": grouped(1234567)}) == "1,234,567"
