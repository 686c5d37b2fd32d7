"""Corpus: files of lists, each with the one outcome that is documented for it (R19)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.intake.sheets.shapes import Asked, Cell

KNOWN = {
    *("фио", "ф.и.о.", "фамилия", "имя", "отчество", "организация", "школа", "должность"),
    *("дата", "мероприятие", "часы", "снилс", "предмет", "часы план", "часы факт"),
}


@dataclass(frozen=True)
class File:
    """What is sent, and what must come of it."""

    name: str
    make: Callable[[], bytes]
    asked: Asked = field(default_factory=Asked)
    found: Mapping[str, Any] = field(default_factory=dict)
    """The facts, by name, of a file that is read."""
    headings: list[str] = field(default_factory=list)
    rows: dict[int, list[Cell]] | None = None
    """By number, the first four at most."""
    infos: list[str] = field(default_factory=list)
    status: int = 200
    code: str = ""


class Shelf(dict[str, File]):
    """Files by their names; what is asked of them has names that begin with `ask_`."""

    def good(
        self,
        name: str,
        content: bytes | str | Callable[[], bytes],
        headings: str,
        rows: dict[int, list[Cell]],
        infos: str = "",
        **found: Any,
    ) -> None:
        """A file that is read; its headings by `|`."""
        assert name not in self
        asked, facts = _asked(found)
        names = headings.split("|")
        self[name] = File(name, _maker(content), asked, facts, names, rows, infos.split())

    def bad(
        self,
        name: str,
        content: bytes | str | Callable[[], bytes],
        status: int,
        code: str,
        **asked: Any,
    ) -> None:
        """A file that is refused."""
        assert name not in self
        self[name] = File(name, _maker(content), _asked(asked)[0], status=status, code=code)


def _asked(values: dict[str, Any]) -> tuple[Asked, dict[str, Any]]:
    wanted = {name.removeprefix("ask_"): v for name, v in values.items() if name[:4] == "ask_"}
    return Asked(**wanted), {name: v for name, v in values.items() if name[:4] != "ask_"}


def _maker(content: bytes | str | Callable[[], bytes]) -> Callable[[], bytes]:
    if isinstance(content, str):
        return content.encode
    return (lambda: content) if isinstance(content, bytes) else content
