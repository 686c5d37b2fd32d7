"""Rows of a form: one of each record, so that the form's own sums are right."""

from typing import Any

from tests.rulings import takes
from tests.scene import Scene
from tests.test_document_forms import book, filled
from tests.test_network_vectors import group, network

__all__ = ["network"]


def test_a_form_has_a_row_of_each_record(network: Scene) -> None:
    """A form counts its rows: who is in two partnerships stood there twice, and was added twice."""
    members = [{"organization_id": "$l", "role": "leader"}]
    members += [{"organization_id": "$a", "role": "supported"}]
    body: dict[str, Any] = {"program_id": "$program", "model": "vertical", "basis": "plan"}
    body |= {"status": "active", "start_date": "2020-10-01", "title": "Вторая", "members": members}
    network.make("partnerships", body)
    group(network)
    path = f"/network-curricula/{network['$physics_course']}"
    parties = network.client.get(path).json()["parties"]
    parties.append({"organization_id": network["$b"], "role": "base"})
    assert takes(network, "network_curricula", network["$physics_course"], parties=parties)
    cells: dict[str, Any] = {
        "A1": "{{each organizations}}{{organizations.name}}",
        "B1": "{{organizations.role}}",
    }
    cells |= {"C1": "{{organizations.partnership}}", "D1": "{{organizations.term}}", "E1": 1}
    cells |= {"E2": "=SUM(E1:E1)"}
    cells |= {"A4": "{{each curricula}}{{curricula.title}}", "B4": "{{curricula.base}}"}
    cells |= {"C4": "{{curricula.hours}}", "D4": "{{curricula.learners}}", "E4": "=SUM(C4:C4)"}
    page = filled(network, book(cells))
    assert [page.cell(row, 1).value for row in range(1, 4)] == [
        *("Аксубаевская", "Берёзовская", "Луговская")
    ]
    first = [page.cell(1, column).value for column in range(2, 5)]
    assert first[0] == "поддерживаемая"
    assert first[1].endswith("; Вторая")
    assert first[2] == "с\N{NO-BREAK SPACE}01.09.2020; с\N{NO-BREAK SPACE}01.10.2020"
    assert page["E4"].value == "=SUM(E1:E3)"
    assert [page.cell(6, column).value for column in range(1, 5)] == [
        *("Физика", "Аксубаевская; Берёзовская", 34, 9)
    ]
    assert page["A7"].value is None


def test_a_row_with_nothing_to_repeat_is_empty(network: Scene) -> None:
    page = filled(
        network, book({"A1": "{{each property}}", "B1": 1, "C1": "=1/B1", "B2": "=SUM(B1)"})
    )
    assert [page[place].value for place in ("A1", "B1", "C1", "B2")] == [None] * 3 + ["=SUM(B1)"]
