"""The board and the alert rules: they ask for numbers that there are; a real Prometheus agrees."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from app.metrics.families import FAMILIES
from tests.postgres import Postgres, free_port
from tests.process import Process, command, signed, started
from tests.running import METRICS_KEY
from tests.scene import is_russian
from tests.waiting import until

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "grafana"
BOARD = json.loads((FOLDER / "board.json").read_text(encoding="utf-8"))
RULES = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
CHAPTER = (ROOT / "docs" / "ru" / "administration" / "monitoring.md").read_text(encoding="utf-8")

PANELS = [each for each in BOARD["panels"] if each["type"] != "row"]
ON_THE_BOARD = [target["expr"] for each in PANELS for target in each["targets"]]
ALERTS = re.findall(r"- alert: (\S+)\n +expr: (.+(?:\n {10}.+)*)", RULES)
QUERIES = ON_THE_BOARD + [" ".join(query.replace(">-", "").split()) for _, query in ALERTS]

ENDINGS = {CounterMetricFamily: ["_total"], HistogramMetricFamily: ["_bucket", "_count", "_sum"]}
NAMES = {
    f"{each.name}{ending}"
    for each in FAMILIES
    for ending in ENDINGS.get(each.kind, [""])  # type: ignore[call-overload]
}
LABELS = {label for each in FAMILIES for label in each.labels} | {"le", "instance", "job"}
BY_PROMETHEUS = {"up"}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_numbers_and_labels_that_there_are(query: str) -> None:
    assert {*re.findall(r"\bsn_\w+|\bup\b", query)} <= NAMES | BY_PROMETHEUS
    named = re.findall(r"[{,] *(\w+) *[=!]", query)
    grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", query)
    assert {*named, *(each.strip() for some in grouped for each in some.split(","))} <= LABELS


def test_the_board_and_the_rules_are_whole() -> None:
    assert len(ALERTS) == RULES.count("- alert:") > 10
    assert len({name for name, _ in ALERTS}) == len(ALERTS)
    assert len({each["id"] for each in BOARD["panels"]}) == len(BOARD["panels"])
    titles = [BOARD["title"], *(each["title"] for each in BOARD["panels"])]
    assert all(map(is_russian, titles))


@pytest.mark.parametrize("alert", [name for name, _ in ALERTS])
def test_an_alert_is_explained_to_the_administrator(alert: str) -> None:
    assert f"**{alert}**" in CHAPTER


PROMETHEUS = shutil.which("prometheus")
NO_PROMETHEUS = "Prometheus is not here (Debian: apt install prometheus)"


class Watch:
    """A Prometheus over one service."""

    def __init__(self, client: httpx.Client) -> None:
        self._http = client

    def query(self, text: str) -> list[Any]:
        """What it answers to a query."""
        answer = self._http.get("/query", params={"query": text}).json()
        assert answer["status"] == "success", (text, answer)
        found: list[Any] = answer["data"]["result"]
        return found

    def firing(self) -> set[str]:
        """The alerts that it would send."""
        alerts = self._http.get("/alerts").json()["data"]["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    def is_up(self) -> bool:
        """Whether it has seen the service several times."""
        try:
            found = self.query('count_over_time(up{job="school-network"}[1m]) > 5')
        except httpx.HTTPError:
            return False
        return bool(found)


@contextmanager
def watched(folder: Path, service: str) -> Iterator[Watch]:
    """A Prometheus as its example says, in a hurry."""
    folder.mkdir()
    example = (FOLDER / "prometheus.yml").read_text(encoding="utf-8").replace("15s", "1s")
    target = service.removeprefix("http://")
    (folder / "prometheus.yml").write_text(example.replace("127.0.0.1:8000", target))
    (folder / "alerts.yml").write_text(re.sub(r"for: \w+", "for: 2s", RULES))
    (folder / "metrics-key").write_text(METRICS_KEY)
    base = f"127.0.0.1:{free_port()}"
    words = [str(PROMETHEUS), "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    words += [f"--web.listen-address={base}", "--log.level=error"]
    process = subprocess.Popen(words, cwd=folder)
    try:
        with httpx.Client(base_url=f"http://{base}/api/v1", timeout=30) as client:
            yield Watch(client)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a database, and what takes it away."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'school.db'}", lambda: None
        return
    with Postgres() as server:
        yield server.create("watched"), lambda: server.stop("immediate")


def lived_in(process: Process, folder: Path, url: str) -> None:
    """Do a little of everything that is counted."""
    with httpx.Client(base_url=f"{process.base}/api/v1", headers=signed(folder, url)) as http:
        home = http.get("/municipalities").json()["items"][0]["id"]
        body = {"municipality_id": home, "kind": "culture", "full_name": "ДК", "short_name": "ДК"}
        assert http.post("/organizations", json=body).status_code == 201
        rows = f"municipality_id;Фамилия;Имя\n{home};Иванова;Анна\n".encode()
        query = {"mode": "commit", "processing_basis": "statutory_function"}
        kind = {"Content-Type": "text/csv; charset=utf-8"}
        sent = http.post("/imports/teachers", params=query, content=rows, headers=kind)
        assert sent.status_code == 200, sent.text
        cursor = http.get("/changes", params={"limit": 1}).json()["next_cursor"]
        http.get("/changes", params={"limit": 1, "cursor": cursor})


@pytest.mark.torture
@pytest.mark.skipif(not PROMETHEUS, reason=NO_PROMETHEUS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_real_prometheus_understands_it_all(kind: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with database(kind, tmp_path) as (url, take_away):
        service = Process(data, url, metrics_key=METRICS_KEY, workers="2")
        with started(service), watched(tmp_path / "watch", service.base) as watch:
            command(data, url, "backup", str(tmp_path / "copy.zip"))
            lived_in(service, data, url)
            until(watch.is_up)
            until(lambda: watch.query("sn_follower_behind_changes"))
            lived_in(service, data, url)
            until(lambda: watch.query("sum(increase(sn_uploads_total[1m])) > 0"))
            for each in QUERIES:
                # A rule says nothing about a service that is well.
                assert watch.query(settled(each)) or each not in ON_THE_BOARD, each
            assert watch.firing() == set()
            if kind == "postgresql":
                take_away()
                until(lambda: "БазаНеОтвечает" in watch.firing())
            (data / "last-backup.json").unlink()
            until(lambda: "КопияУстарела" in watch.firing())
            service.kill()
            until(lambda: "СервисНеОтвечает" in watch.firing())


def settled(query: str) -> str:
    """A query as Grafana sends it."""
    return query.replace("$instance", ".*").replace("$__rate_interval", "1m")


@pytest.mark.torture
@pytest.mark.skipif(not shutil.which("promtool"), reason=NO_PROMETHEUS)
def test_promtool_accepts_the_rules() -> None:
    words = ["promtool", "check", "rules", str(FOLDER / "alerts.yml")]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
