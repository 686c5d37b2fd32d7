"""The command that sends lists: over the public API alone, and with an account for people."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.remote import Refused
from app.sender import parcels
from app.sender.parcels import packed
from tests.process import ROOT, command, serving

LIST = """Список участников;;;
№;ФИО;Школа;Дата
1;Иванова Мария Петровна;МБОУ «Шалинская СОШ»;15.10.2020
2;Петров П. П.;;15.10.2020
3;Иванова Мария Петровна;Шалинская СОШ;15.10.2020
"""


def send(key: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What the command says, as it is run beside the service."""
    return subprocess.run(
        [sys.executable, "-m", "app", "import", *words],
        cwd=ROOT,
        env=os.environ | {"SN_KEY": key, "SN_LANGUAGE": "ru"},
        capture_output=True,
        text=True,
        check=False,
    )


def planned(base: str, key: str) -> str:
    """An activity at which something was held on that day."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=f"{base}/api/v1", headers=headers) as client:
        activity: str = client.get("/activities").json()["items"][0]["id"]
        day = "2020-10-15"
        event: dict[str, Any] = {"activity_id": activity, "kind": "held", "title": "Семинар"}
        event |= {"window_start": day, "window_end": day, "status": "planned"}
        assert client.post("/events", json=event).status_code == 201
    return activity


@pytest.mark.long
def test_a_list_is_sent_mended_and_sent_again(tmp_path: Path) -> None:
    with serving(tmp_path) as base:
        key = command(tmp_path, "", "key", "issue", "--role", "coordinator", "--owner", "Проверка")
        path = tmp_path / "список.csv"
        path.write_bytes(LIST.encode("windows-1251"))
        words = [str(path), "--url", base, "--create-teachers"]
        words += ["--with", f"activity_id={planned(base, key)}"]
        tried = send(key, *words, "--dry-run")
        assert (tried.returncode, tried.stderr) == (1, "")
        assert "проверено, ничего не записано" in tried.stdout
        assert "будет создано: 1; повторы: 1; не принято: 1" in tried.stdout
        assert "строка 4, «ФИО»: По инициалам человека не узнать." in tried.stdout
        assert "Повтор: строки 3, 5" in tried.stdout
        held = send(key, *words, "--basis", "consent").stdout
        assert "ничего не записано: есть ошибки" in held
        assert "было бы создано: 1;" in held
        done = send(key, *words, "--skip", "--basis", "consent")
        assert "\nсоздано: 1; повторы: 1; не принято: 1" in done.stdout
        back = tmp_path / "список.rejected.csv"
        mended = back.read_text("windows-1251").replace("Петров П. П.", "Петров Пётр")
        back.write_text(mended, "windows-1251")
        words[0] = str(back)
        again = send(key, *words, "--basis", "consent")
        assert again.returncode == 0, again.stdout
        assert "создано: 1" in again.stdout
        words[0] = str(path)
        assert "без изменений: 1;" in send(key, *words, "--skip", "--basis", "consent").stdout
        for wrong, sentence in (("sn_no", "401"), ("секрет", "знаки, которых в ключах не бывает")):
            refused = send(wrong, *words)
            assert refused.returncode == 1
            assert sentence in refused.stderr
            assert wrong not in refused.stderr


def test_a_list_that_is_too_long_goes_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "MOST_ROWS", 2)
    path = tmp_path / "list.csv"
    path.write_text('title;\r\nФИО;Класс\r\na;"1\r\n2"\r\nb;\r\nc;\r\nd;\r\ne;\r\n', newline="")
    pieces = list(packed(path, header_row=2))
    texts = [piece.content.decode("utf-8-sig") for piece in pieces]
    head = "title;\r\nФИО;Класс\r\n"
    assert texts == [f'{head}a;"1\r\n2"\r\nb;\r\n', f"{head}c;\r\nd;\r\n", f"{head}e;\r\n"]
    assert [piece.row(3) for piece in pieces] == [3, 5, 7]


def test_no_record_is_cut_in_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MOST_ROWS", 3)
    path = tmp_path / "list.csv"
    path.write_text('Номер;Кто\na;1\nb;2\n"b";3\nb;4\nc;5\n;6\n;7\nd;8\n', newline="")
    texts = [piece.content.decode("utf-8-sig").split("\n")[1:-1] for piece in packed(path)]
    assert texts == [["a;1"], ["b;2", '"b";3', "b;4"], ["c;5", ";6", ";7"], ["d;8"]]


def test_a_book_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "MOST_BYTES", 10)
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(10))
    with pytest.raises(Refused, match="save it as CSV"):
        list(packed(path))
