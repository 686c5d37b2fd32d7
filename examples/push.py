"""Push: sends the export of a regional system to School Network, each record by its own key.

A PUT by key creates what is missing, replaces what differs and leaves alone what is equal, so the
program may be killed at any moment and run again: it ends with each record exactly once. A row
that is refused is reported with its line, and the others go on. Nothing is ever deleted.

    SN_KEY=… python examples/push.py examples/regional-export \
        --url http://127.0.0.1:8000 --source region --municipality 92648000

It needs httpx and a key of the role `sync` for that source.
"""

import argparse
import csv
import os
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

COLUMNS = {
    "organizations": {
        "Вид": "kind",
        "Полное наименование": "full_name",
        "Краткое наименование": "short_name",
        "ИНН": "inn",
        "КПП": "kpp",
        "ОГРН": "ogrn",
        "Код головной организации": "parent_id",
        "Адрес": "address",
        "Телефон": "phone",
        "Электронная почта": "email",
        "Дата открытия": "opened_on",
    },
    "teachers": {
        "Фамилия": "last_name",
        "Имя": "first_name",
        "Отчество": "patronymic",
        "СНИЛС": "snils",
    },
    "employments": {
        "Код педагога": "teacher_id",
        "Код организации": "organization_id",
        "Должность": "position",
        "Группа должностей": "position_group",
        "Основное место": "is_main_job",
        "Дата начала": "valid_from",
        "Дата окончания": "valid_to",
    },
}
"""The files in the order of their references, and the field that each column fills."""

PARENT = "Код головной организации"
KEY = "Код"
"""The column of the record's key in the regional system, never anything personal."""

WORDS: dict[str, Any] = {
    "общеобразовательная организация": "general_school",
    "организация дополнительного образования": "additional_education",
    "дошкольная организация": "preschool",
    "учреждение культуры": "culture",
    "учреждение спорта": "sport",
    "педагогический работник": "teaching",
    "руководитель": "head",
    "другой работник": "other",
    "да": True,
    "нет": False,
}
CHOICES = {"kind", "position_group", "is_main_job"}
REFERENCES = {
    "parent_id": "organizations",
    "teacher_id": "teachers",
    "organization_id": "organizations",
}
OWNED = {"organizations", "teachers"}
"""Records that name their municipality; an employment has it from its teacher."""

LONGEST = 30
"""Seconds between two attempts at most, unless the service itself asks for more."""


class Refused(Exception):  # noqa: N818 - named by what happened
    """A row was not taken, and why."""


class Register:
    """School Network, for one source of records."""

    def __init__(self, url: str, key: str, source: str) -> None:
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1",
            headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
            timeout=60,
        )
        self._source = source
        self._ids: dict[tuple[str, str], str] = {}

    def put(self, collection: str, key: str, body: dict[str, Any]) -> bool:
        """Make a record as it should be; whether it is new."""
        answer = self._send("PUT", self._address(collection, key), json=body)
        self._ids[collection, key] = _said(answer)["id"]
        return answer.status_code == httpx.codes.CREATED

    def id_of(self, collection: str, key: str) -> str:
        """The id of a record of this source: from its own answer, or from an earlier run."""
        if (collection, key) not in self._ids:
            answer = self._send("GET", self._address(collection, key))
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise Refused(f"{key} is not among the {collection}")
            self._ids[collection, key] = _said(answer)["id"]
        return self._ids[collection, key]

    def municipality(self, oktmo: str) -> str:
        """The id of a municipality."""
        items = _said(self._send("GET", "municipalities", params={"oktmo": oktmo}))["items"]
        if not items:
            raise Refused(f"There is no municipality with the code {oktmo}")
        return str(items[0]["id"])

    def _address(self, collection: str, key: str) -> str:
        return f"{collection}/by-key/{self._source}/{quote(key, safe='')}"

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """An answer; what passes by itself is waited out."""
        attempt = 0
        while True:
            least = 0
            try:
                answer = self._client.request(method, path, **more)
            except httpx.TransportError as error:
                why = str(error) or type(error).__name__
            else:
                if answer.status_code not in {429, 502, 503, 504}:
                    return answer
                why, asked = str(answer.status_code), answer.headers.get("Retry-After", "")
                least = int(asked) if asked.isdecimal() else 0
            longest = min(LONGEST, 2 ** min(attempt, 10))
            seconds = max(least, longest * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
            print(f"No answer yet ({why}); asking again in {seconds:.0f} s", flush=True)
            time.sleep(seconds)
            attempt += 1


def _said(answer: httpx.Response) -> dict[str, Any]:
    """What the service says, if it did what it was asked to."""
    if answer.is_success:
        return dict(answer.json())
    if answer.headers.get("Content-Type") != "application/problem+json":
        raise Refused(f"{answer.status_code} {answer.reason_phrase}")
    problem = answer.json()
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        sys.exit(problem["detail"])
    told = [f"{each.get('pointer', '')} {each['detail']}".strip() for each in problem["errors"]]
    raise Refused("; ".join(told) or problem["detail"])


def rows(folder: Path, collection: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file with the numbers of their lines; who is referred to comes first."""
    with (folder / f"{collection}.csv").open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=";", restval="")
        if missing := {KEY, *COLUMNS[collection]} - set(reader.fieldnames or ()):
            sys.exit(f"{file.name} has no column {', '.join(sorted(missing))}")
        found = [(reader.line_num, row) for row in reader]
    yield from sorted(found, key=lambda each: bool(each[1].get(PARENT)))


def value(register: Register, field: str, text: str) -> Any:
    """A cell as the service wants it; what cannot be read goes as it is and is refused there."""
    if field in REFERENCES:
        return register.id_of(REFERENCES[field], text)
    if field in CHOICES:
        return WORDS.get(text, text)
    return re.sub(r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1", text)


def push(register: Register, folder: Path, collection: str, home: str) -> int:
    """Send a file; how many of its rows were refused."""
    sent = created = refused = 0
    for line, row in rows(folder, collection):
        cells = ((field, row[name].strip()) for name, field in COLUMNS[collection].items())
        try:
            body = {field: value(register, field, text) for field, text in cells if text}
            body |= {"municipality_id": home} if collection in OWNED else {}
            created += register.put(collection, row[KEY].strip(), body)
            sent += 1
        except Refused as why:
            print(f"{collection}.csv, line {line}: {why}", flush=True)
            refused += 1
    print(f"{collection}: {sent} sent, {created} of them new, {refused} refused", flush=True)
    return refused


def main() -> int:
    """Send the folder; 1 if anything was refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="where the files are, named by collection")
    parser.add_argument("--url", required=True, help="the service, such as http://127.0.0.1:8000")
    parser.add_argument("--key", default=os.environ.get("SN_KEY"), help="better in SN_KEY")
    parser.add_argument("--source", required=True, help="the name of the regional system")
    parser.add_argument("--municipality", required=True, help="its OKTMO code, or its id")
    said = parser.parse_args()
    # httpx quotes a header that it cannot send, and the key must not be told.
    if not re.fullmatch("[!-~]+", said.key or ""):
        parser.error("a key is needed: set SN_KEY, or say --key")
    register = Register(said.url, said.key, said.source)
    try:
        is_code = re.fullmatch(r"\d{8}", said.municipality)
        home = register.municipality(said.municipality) if is_code else said.municipality
    except Refused as why:
        sys.exit(str(why))
    return 1 if sum([push(register, said.folder, each, home) for each in COLUMNS]) else 0


if __name__ == "__main__":
    sys.exit(main())
