"""The administrator's handbook: every command, option, file, variable and link in it exists."""

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import _parser
from app.commands import COMMANDS
from app.settings import Settings
from tests.process import ROOT

HOME = ROOT / "docs/ru"
PAGES = [HOME / "administration.md", *sorted((HOME / "administration").glob("*.md"))]
ALL = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)

COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = {
    *re.findall(
        r"^  (\w+):$", COMPOSE.partition("\nservices:")[2].partition("\nnetworks:")[0], re.MULTILINE
    )
}
TAKE_A_SERVICE = {"exec", "logs", "ps", "restart", "run", "start", "stop", "up"}
VERBS = {*TAKE_A_SERVICE, "build", "cp", "down", "version"}
WITH_VALUE = {"--env", "--tail", "--since", "--user"}
"""Options of compose that the handbook gives a value after a space."""


def lines(page: Path) -> list[str]:
    """The commands of a page, without comments; a line that goes on is one."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE)
    text = "".join(blocks).replace("\\\n", " ")
    inline = re.findall(
        r"`((?:docker compose|make|sh compose|school|systemctl|\.venv)[^`]*)`",
        page.read_text().replace("\n", " "),
    )
    return [line.strip() for line in (*text.splitlines(), *inline) if line.strip()]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each command, also of one in `$(…)`, without where its output goes."""
    for line in lines(page):
        whole = re.sub(r"^\w+=\$\((.*)\)$", r"\1", line)
        words = shlex.shlex(whole, posix=True, punctuation_chars=True)
        words.whitespace_split = True
        command: list[str] = []
        for word in words:
            if set(word) <= {*"|&;"}:
                yield from _named(command)
                command = []
            elif set(word) <= {*"<>"}:
                next(words)
            else:
                command.append(word)
        yield from _named(command)


def _named(words: list[str]) -> Iterator[list[str]]:
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words.pop(0)
    if words:
        yield words


def ours(words: list[str]) -> list[str] | None:
    """The words of a command of the service; none if it is another command."""
    if words[0] == "school":
        return words[1:]
    for at in range(len(words) - 2):
        if words[at].endswith("python") and words[at + 1 : at + 3] == ["-m", "app"]:
            return words[at + 3 :]
    return None


@ALL
def test_every_command_of_the_service_is_understood(page: Path) -> None:
    found = [words for each in commands(page) if (words := ours(each)) and words[0] != "…"]
    assert found
    for said in found:
        if "…" in said:
            assert said[0] in COMMANDS
            continue
        with contextlib.redirect_stderr(io.StringIO()) as complaint:
            try:
                _parser(said[0]).parse_args(said)
            except SystemExit:
                raise AssertionError(f"{said}: {complaint.getvalue()}") from None


@ALL
def test_every_command_of_compose_names_its_services(page: Path) -> None:
    for words in commands(page):
        if words[:2] != ["docker", "compose"] or len(words) == 2:
            continue
        verb, rest = words[2], words[3:]
        assert verb in VERBS, words
        while rest and rest[0].startswith("--"):
            rest = rest[2:] if rest[0] in WITH_VALUE else rest[1:]
        if verb == "cp":
            service = next(word for word in rest if ":" in word).partition(":")[0]
            assert service in SERVICES, words
        elif verb in {"exec", "run"}:
            assert rest[0] in SERVICES, words
        elif verb in TAKE_A_SERVICE:
            assert {*rest} <= SERVICES, words


@ALL
def test_every_script_target_and_file_exists(page: Path) -> None:
    targets = re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for words in commands(page):
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= {*targets}, words
    for file in re.findall(r"(?:compose|packaging|secrets)/[\w./-]+\w", page.read_text()):
        place = "compose/secrets.sh" if file.startswith("secrets/") else file
        assert (ROOT / place).exists() or [*ROOT.glob(f"{place}*")], file


@ALL
def test_every_variable_is_one(page: Path) -> None:
    known = {f"SN_{name.upper()}" for name in Settings.model_fields}
    known |= {*re.findall(r"\$\{(SN_\w+)", COMPOSE)}
    former = {"SN_DATABASE_PASSWORD"}
    assert {*re.findall(r"SN_[A-Z_]+[A-Z]", page.read_text())} <= known | former


def test_every_variable_of_compose_is_explained() -> None:
    told = (HOME / "administration.md").read_text()
    for name in re.findall(r"\$\{(SN_\w+)", COMPOSE):
        assert f"`{name}`" in told, name


def test_compose_refuses_a_wrong_setting_before_anything_waits() -> None:
    """A service that refuses it is started again and again, and `up --wait` never ends."""
    *_, services = COMPOSE.partition("\nservices:")
    of_service, of_migrate = (
        services.partition(f"\n  {name}:")[2].partition("\n\n")[0]
        for name in ("service", "migrate")
    )
    assert "<<: *settings" in of_migrate
    beside = {*re.findall(r"^      (SN_\w+):", of_service, re.MULTILINE)}
    assert beside == {*re.findall(r"^      (SN_\w+):", of_migrate, re.MULTILINE)}


@ALL
def test_a_command_of_compose_that_is_fed_asks_for_no_terminal(page: Path) -> None:
    for line in lines(page):
        if line.startswith(("docker compose exec", "docker compose run")) and " <" in line:
            assert "--no-TTY" in line, line


def test_a_version_is_left_for_another_only_with_what_it_brought() -> None:
    """Containers that the version before has not would go on; a branch must be found again."""
    page = (HOME / "administration/upgrade.md").read_text()
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        if "git checkout" in block:
            assert "--remove-orphans" in block
        if "git pull" in block and "--build" in block:
            # A bound folder is not looked at: `up` leaves the proxy as it is.
            assert "restart proxy" in block or "docker compose down" in page.partition(block)[0]
    assert "git switch -" in page


@pytest.mark.long
@ALL
def test_every_message_of_ours_is_one(page: Path) -> None:
    """What the handbook quotes in its tables of messages, the program says."""
    told = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    said = " ".join(re.sub(r'"\s*\n?\s*f?"', "", told).split())
    rows = re.findall(r"^\| ([^|]+) \|", page.read_text(), re.MULTILINE)
    for row in rows:
        for quoted in re.findall(r"«([^«»]*[.…][^«»]*)»", row):
            for part in quoted.split("…"):
                assert part.strip(" .,—") in said, quoted


@ALL
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
            assert anchor in {_anchor(title) for title in titles}, target


def _anchor(title: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
