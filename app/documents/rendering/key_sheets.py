"""Key sheets: keys on paper as PDF, a page for each, with a QR code."""

import json
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app import scratch
from app.documents.rendering import face
from app.documents.rendering.face import lettered
from app.documents.rendering.layout import code_drawing
from app.documents.rendering.pdf import laid_out
from app.documents.wording import clean

_HOW = (
    "Наведите камеру телефона на рисунок, скопируйте ключ и вставьте его. С листа набирают строки "
    "подряд, без пробелов: нажмите «Ввести видимыми знаками»."
)
_CARE = (
    "Ключ – как подпись: не пересылайте его в общих чатах, не оставляйте на столе. Потеряли или "
    "его кто-то увидел – сообщите тому, кто его выдал: старый отключат сразу."
)


class KeySheet(NamedTuple):
    """What stands on one sheet."""

    title: str
    place: str
    key: str
    lines: tuple[str, ...]
    """The key, in pieces that can be typed one after another."""
    opens: str
    """What its holder sees first."""
    until: date
    """The last day on which the key is valid."""


def key_sheets(sheets: Sequence[KeySheet], address: str, day: date) -> bytes:
    """The sheets as one PDF/A; `address` is where the service is opened.

    Raises:
        RuntimeError: the layout failed.

    """
    files = {f"code-{number}.svg": code_drawing(each.key) for number, each in enumerate(sheets, 1)}
    files["main.typ"] = _template()
    files["view.json"] = json.dumps(
        {
            "title": "Ключи доступа",
            "alt": "Тот же ключ QR-кодом",
            "received": "Ключ получил(а):",
            "day": "Дата:",
            "sheets": [_sheet(each, address) for each in sheets],
        }
    ).encode()
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return laid_out(folder, str(face.FOLDER), day.isoformat())


def _sheet(sheet: KeySheet, address: str) -> dict[str, object]:
    return {
        "title": lettered(clean(f"Ключ доступа: {sheet.title}")),
        "place": lettered(clean(f"{sheet.place}. Сеть школ" if sheet.place else "Сеть школ")),
        "lines": sheet.lines,
        "steps": [
            f"Откройте в браузере {address}",
            _HOW,
            f"Откроется {sheet.opens}.",
        ],
        "about": [
            f"Действует до {sheet.until:%d.%m.%Y}.",
            _CARE,
        ],
    }


@cache
def _template() -> bytes:
    return Path(__file__).with_name("key_sheets.typ").read_bytes()
