"""Workers: what one process of the service is told, the others act on within a second (S8, R26)."""

import time
from pathlib import Path

import httpx
import pytest

from tests.postgres import Server
from tests.process import command, serving, signed

TRIES = 24
"""Requests on connections of their own: each of two workers gets some."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_revoked_key_is_refused_by_every_worker(
    kind: str, server: Server, tmp_path: Path
) -> None:
    with (
        server.database() as lent,
        serving(tmp_path, url := lent * (kind != "sqlite"), workers="2", wrong_keys="1000") as base,
    ):
        headers = signed(tmp_path, url)
        assert set(asked(base, headers)) == {200}
        listed = command(tmp_path, url, "key", "list")
        key_id = next(line for line in listed.splitlines() if "Проверка" in line).split()[0]
        command(tmp_path, url, "key", "revoke", key_id)
        time.sleep(1)
        assert set(asked(base, headers)) == {401}


def asked(base: str, headers: dict[str, str]) -> list[int]:
    apart = {**headers, "Connection": "close"}
    with httpx.Client(base_url=base, headers=apart) as client:
        return [client.get("/api/v1/programs").status_code for _ in range(TRIES)]
