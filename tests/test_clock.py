"""The clock of the machine jumps: what is ordered goes by numbers, and days by the zone (R27).

By libfaketime, which gives the service another time: Debian's package `faketime`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.daily import KINDS
from tests.postgres import Server
from tests.process import Process, signed, started
from tests.running import empty

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
ZONE = ZoneInfo("Europe/Berlin")
"""A zone with a summer time, which Moscow's has no more."""

NOON = datetime(2025, 6, 2, 12, tzinfo=ZONE)
MOMENTS = [
    NOON,
    NOON + timedelta(hours=1),
    NOON - timedelta(hours=1),
    datetime(2024, 2, 29, 23, 59, 50, tzinfo=ZONE),
    datetime(2025, 3, 30, 1, 59, 50, tzinfo=ZONE),
    datetime(2025, 10, 26, 2, 30, tzinfo=ZONE),
    datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZONE),
    datetime(2024, 12, 31, 23, 30, tzinfo=ZONE),
    NOON,
]


@contextmanager
def running(folder: Path, url: str) -> Iterator[tuple[Process, Path]]:
    """A service, and the file that tells it the time."""
    clock = folder / "clock"
    show(clock, NOON)
    process = Process(folder, url, ("-m", "app"), time_zone=str(ZONE))
    process.environment |= {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }
    with started(process):
        yield process, clock


def show(clock: Path, moment: datetime) -> None:
    """Let it be so late from now on."""
    clock.write_text(f"@{moment.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S}")


@pytest.mark.torture
@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_jumps_disturbs_nothing(kind: str, server: Server, tmp_path: Path) -> None:
    if not LIBRARY.exists():
        pytest.skip("libfaketime is not installed here")
    with empty(kind, server, tmp_path) as url, running(tmp_path, url) as (process, clock):
        key = signed(tmp_path, url, time_zone=str(ZONE))
        with httpx.Client(base_url=f"{process.base}/api/v1", headers=key, timeout=60) as http:
            home = http.get("/programs").raise_for_status().json()["items"][0]["municipality_id"]
            body = {"municipality_id": home, "title": "Программа", "start_date": "2020-09-01"}
            program = http.post("/programs", json=body | {"end_date": "2030-08-31"}).json()
            cursor = None
            for number, moment in enumerate(MOMENTS):
                show(clock, moment)
                name = {"full_name": f"Клуб {number}", "short_name": f"Клуб {number}"}
                body = {"municipality_id": program["municipality_id"], "kind": "culture", **name}
                made = http.post("/organizations", json=body)
                assert made.status_code == 201, (moment, made.text)
                again = http.put(
                    f"/organizations/{made.json()['id']}",
                    json=body | {"address": "Улица"},
                    headers={"If-Match": made.headers["etag"]},
                )
                assert again.status_code == 200, (moment, again.text)
                assert again.json()["version"] == 2
                told, cursor = followed(http, cursor)
                assert told[-1] == (made.json()["id"], 2), moment
                counted = http.get(f"/programs/{program['id']}/indicators").raise_for_status()
                assert counted.json()["as_of"] == str(moment.date())
        show(clock, NOON)


def followed(http: httpx.Client, cursor: str | None) -> tuple[list[tuple[str, int]], str]:
    """What the feed tells after a cursor, in its order, and the next cursor."""
    told: list[tuple[str, int]] = []
    while True:
        query = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
        page = http.get("/changes", params=query).raise_for_status().json()
        seqs = [item["seq"] for item in page["items"]]
        assert seqs == sorted(seqs)
        told += [(item["id"], item["version"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return told, str(cursor)
