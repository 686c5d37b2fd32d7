"""Behind a proxy: what compose's Caddy and the example for nginx leave as the service says it."""

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process import Process, signed, started
from tests.proxies import KINDS, SITE, Proxy
from tests.scene import MERGE
from tests.visitor import hidden
from tests.waiting import LIMIT, until

MIB = 1024 * 1024
FORGED = "203.0.113.7"


@dataclass
class Front:
    """The service behind a proxy."""

    proxy: Proxy
    service: Process
    folder: Path

    def signed(self, role: str = "coordinator") -> httpx.Client:
        return self.proxy.client(**signed(self.folder, role=role))


@pytest.fixture(scope="module", params=KINDS)
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp(f"behind-{request.param}")
    place = tmp_path_factory.mktemp(request.param)
    settings = {"hosts": SITE, "proxies": "127.0.0.1", "address_days": "1", "drain": "0"}
    with started(Process(folder, **settings)) as service:
        proxy = Proxy(place, request.param, service.base)
        with proxy.running():
            yield Front(proxy, service, folder)


def program_of(client: httpx.Client) -> tuple[str, str]:
    """The path of a program, and its ETag."""
    answer = client.get("/api/v1/programs")
    found = answer.json()["items"][0]
    return f"/api/v1/programs/{found['id']}", found["etag"]


def test_an_answer_passes_as_it_is(front: Front) -> None:
    with front.signed() as client, httpx.Client(base_url=front.service.base) as straight:
        client.headers["Accept-Encoding"] = "gzip, br, zstd"
        path, _ = program_of(client)
        answer = client.get(path)
        assert "content-encoding" not in answer.headers
        headers = {"Authorization": client.headers["Authorization"]}
        same = straight.get(path, headers=headers)
        assert (answer.content, answer.headers["etag"]) == (same.content, same.headers["etag"])
        sent = {"If-Match": answer.headers["etag"], "Content-Type": MERGE}
        assert client.patch(path, json={"goal": "Другая"}, headers=sent).status_code == 200
        assert client.patch(path, json={"goal": "Третья"}, headers=sent).status_code == 412
        table = client.get("/api/v1/organizations", headers={"Accept": "text/csv"})
        assert (
            table.content
            == straight.get(
                "/api/v1/organizations", headers={**headers, "Accept": "text/csv"}
            ).content
        )


def test_every_answer_demands_tls(front: Front) -> None:
    with front.proxy.client() as client:
        for path in ("/login", "/live", "/api/v1/programs", "/nothing"):
            answer = client.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert answer.headers.get("server", "nginx") == "nginx", "it tells its version"
    plain = httpx.get(f"http://127.0.0.1:{front.proxy.http}/a?b=c", headers={"Host": SITE})
    assert plain.status_code == 308
    assert plain.headers["location"].startswith(f"https://{SITE}")
    assert plain.headers["location"].endswith("/a?b=c")


@pytest.mark.long
def test_another_name_is_refused(front: Front) -> None:
    with front.proxy.client(Host="evil.example.org") as client:
        assert client.get("/live/../api/v1/programs").status_code in {400, 421}


@pytest.mark.long
def test_who_signs_in_has_a_cookie_for_tls_alone(front: Front) -> None:
    key = signed(front.folder, role="admin")["Authorization"].removeprefix("Bearer ")
    ours = {"Origin": front.proxy.origin}
    with front.proxy.client() as client:
        assert (
            client.post(
                "/login", data={"key": key}, headers={"Origin": "https://evil.example.org"}
            ).status_code
            == 403
        )
        answer = client.post("/login", data={"key": key}, headers=ours)
        assert answer.status_code == 303
        assert "; Secure" in answer.headers["set-cookie"]
        client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        fields = hidden(client.get("/keys/new").text)
        typed = {**fields, "role": "auditor", "owner": "Проверка"}
        sheet = client.post("/keys/new", data=typed, headers=ours)
        assert sheet.status_code == 200
        assert front.proxy.origin in sheet.text
        assert client.post("/logout", headers=ours).status_code == 303


@pytest.mark.parametrize(("size", "status"), [(50, 422), (52, 413), (66, 413)])
def test_lists_are_as_large_as_the_service_says(front: Front, size: int, status: int) -> None:
    content = b"a\n" + b"\n" * (size * MIB - 200_000)
    with front.signed() as client:
        try:
            answer = client.post(
                "/api/v1/imports/headcounts",
                params={"mode": "dry_run"},
                content=content,
                headers={"Content-Type": "text/csv"},
            )
        except httpx.WriteError:
            assert size > 50, "a list that the service takes is cut off"
            return
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


REFUSED = "/api/v1/imports/teachers?mode=commit&processing_basis=statutory_function"


@pytest.mark.long
def test_who_is_refused_a_long_list_hears_it(front: Front) -> None:
    """A client that sends everything before it listens, and for which a failed write is the end."""
    headers = {"Host": f"{SITE}:{front.proxy.https}", "Content-Type": "text/csv"}
    trust = ssl.create_default_context(cafile=front.proxy.certificate)
    for _ in range(5):
        plain = socket.create_connection(("127.0.0.1", front.proxy.https), LIMIT)
        client = http.client.HTTPSConnection(SITE, timeout=LIMIT)
        with trust.wrap_socket(plain, server_hostname=SITE) as client.sock:
            client.request("POST", REFUSED, b"x" * (20 * MIB), headers)
            answer = client.getresponse()
            assert answer.status == 401
            assert json.loads(answer.read())["status"] == 401


@pytest.mark.long
def test_who_is_refused_over_http_2_hears_it(front: Front, tmp_path: Path) -> None:
    if not (curl := shutil.which("curl")):
        pytest.skip("curl is not here (Debian: apt install curl)")
    (sent := tmp_path / "sent").write_bytes(b"x" * (20 * MIB))
    words = [curl, "--silent", "--show-error", "--http2", "--cacert", str(front.proxy.certificate)]
    words += ["--resolve", f"{SITE}:{front.proxy.https}:127.0.0.1", "--data-binary", f"@{sent}"]
    words += ["--header", "Expect:", "--header", "Content-Type: text/csv"]
    for _ in range(20):
        done = subprocess.run(
            [*words, front.proxy.origin + REFUSED], capture_output=True, check=False
        )
        assert done.stderr == b""
        assert json.loads(done.stdout)["status"] == 401


def test_a_long_poll_is_answered_by_news(front: Front) -> None:
    with front.signed() as client, front.signed() as writer:
        cursor, more = "", True
        while more:
            query: dict[str, Any] = {"limit": 1000, **({"cursor": cursor} if cursor else {})}
            page = client.get("/api/v1/changes", params=query).json()
            cursor, more = page["next_cursor"], page["has_more"]
        told: list[Any] = []
        query = {"cursor": cursor, "wait": 30}
        poll = threading.Thread(
            target=lambda: told.append(client.get("/api/v1/changes", params=query).json())
        )
        poll.start()
        path, etag = program_of(writer)
        sent = {"If-Match": etag, "Content-Type": MERGE}
        assert writer.patch(path, json={"goal": "Новость"}, headers=sent).status_code == 200
        poll.join()
        assert [each["type"] for each in told[0]["items"]] == ["programs"]


@pytest.mark.long
def test_nobody_chooses_the_address_that_the_trail_keeps(front: Front) -> None:
    with front.signed() as client, front.signed("auditor") as auditor:
        path, etag = program_of(client)
        forged = {"X-Forwarded-For": FORGED, "Forwarded": f"for={FORGED}", "X-Real-IP": FORGED}
        sent = {"If-Match": etag, "Content-Type": MERGE, **forged}
        assert client.patch(path, json={"goal": "Чужой адрес"}, headers=sent).status_code == 200
        for address, count in (("127.0.0.1", 1), (FORGED, 0)):
            found = auditor.get("/api/v1/audit", params={"address": address, "limit": 1})
            assert len(found.json()["items"]) == count, address


def test_a_service_that_is_down_is_told_of_in_words(front: Front) -> None:
    with front.signed() as client:
        front.service.stop()
        try:
            for path in ("/api/v1/programs", "/live", "/openapi.json"):
                answer = client.get(path)
                assert answer.status_code == 503, path
                assert answer.headers["retry-after"] == "5"
                assert answer.headers["content-type"] == "application/problem+json"
                problem = answer.json()
                assert problem["status"] == 503
                assert problem["cause"] == "draining"
                assert problem["detail"].startswith("Сервис сейчас не работает.")
            english = client.get("/api/v1/programs", headers={"Accept-Language": "en"}).json()
            assert english["title"] == "Temporarily unavailable"
            for answer in (client.get("/login"), client.post("/login", data={"key": "a"})):
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "5"
                assert "<h1>Сервис сейчас не работает</h1>" in answer.text
                assert answer.headers["cache-control"] == "no-store"
        finally:
            front.service.start()
        until(lambda: client.get("/api/v1/programs").status_code == 200)
