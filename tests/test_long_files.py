"""Long files: a list that is read in slices has every row, and its numbers are exact."""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from app.registry.organization_aliases import organization_aliases
from app.rest.media import CSV, XLSX
from app.store.listing import AT_ONCE
from tests.scene import RESOURCE, Scene, Service, body_of
from tests.test_exports import add_aliases, exported_csv

SCALED = ("0", "0.05", "-0.05", "10", "-100", "0.000001", "-7.5", "12345.6789")


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


@pytest.mark.long
def test_every_row_of_a_long_list_is_in_both_files_once(service: Service, scene: Scene) -> None:
    count, table = 2 * AT_ONCE + 1, organization_aliases.table
    added = add_aliases(service, scene, count)
    query = {"organization_id": scene["$school"]}
    rows = exported_csv(scene.client, "/organization-aliases", params=query)
    ids = [row["Номер записи"] for row in rows]
    assert (len(ids), ids) == (count, sorted({*ids}))
    assert {row["Организация"] for row in rows} == {rows[0]["Организация"]} != {""}
    answer = scene.client.get("/organization-aliases", params=query, headers={"Accept": XLSX})
    _, *cells = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    assert [row[0] for row in cells] == ids
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    numbers = re.findall(r'<row r="(\d+)"><c r="A(\d+)"', sheet)
    assert numbers == [(f"{at}", f"{at}") for at in range(1, count + 2)]
    # Their keys are no keys: whoever exports the whole collection must not meet them.
    service.database.write(lambda tx: tx.execute(sa.delete(table).where(table.c.id.in_(added))))


@pytest.mark.long
def test_a_decimal_is_told_as_it_is_kept(scene: Scene) -> None:
    resource = RESOURCE["monitoring_records"]
    body = body_of(resource, scene)
    made = scene.make("monitoring_records", body)
    query = {"program_id": scene["$program"]}
    for said in SCALED:
        address = f"/monitoring-records/{made['id']}"
        anyway = {"If-Match": "*"}
        change = {"value_number": said}
        assert scene.client.patch(address, json=change, headers=anyway).status_code == 200
        (row,) = exported_csv(scene.client, "/monitoring-records", params=query)
        assert row["Значение числового показателя"] == said.replace(".", ",")
        answer = scene.client.get("/monitoring-records", params=query, headers={"Accept": XLSX})
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
        titles, cells = sheet.to_python()
        typed = dict(zip(titles, cells, strict=True))
        assert Decimal(repr(typed["Значение числового показателя"])) == Decimal(said)


@pytest.mark.long
@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_only_the_list_has_a_cursor_of_the_server(
    service: Service, scene: Scene, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement with such a cursor takes four messages, and is planned each time."""
    scene.make("participations", body_of(RESOURCE["participations"], scene))
    asked: list[object] = []

    def run(cursor: psycopg.ServerCursor[Any], query: Any, *more: Any, **named: Any) -> object:
        asked.append(query)
        return running(cursor, query, *more, **named)

    running = psycopg.ServerCursor.execute
    monkeypatch.setattr(psycopg.ServerCursor, "execute", run)
    answer = scene.client.get("/participations", headers={"Accept": kind})
    assert answer.status_code == 200
    assert len(asked) == (1 if service.database.dialect.name == "postgresql" else 0)
