"""Clients: what two generators write from the document is called, and everything comes back typed.

The subject is HTTP and its types, so one kind of database is enough: SQLite. The generators take
most of the time: daily the dearer one reads the part of the document that the tests call, and the
other one the whole.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest.schemas import singular_of
from tests.client_page import TYPED, block, document, generate, part, prepared, without_name
from tests.holders import Holder
from tests.houses import House

DOCUMENT = document()
PACKAGE = "school_network"
MODELS = "school_network_models"
TOGETHER = ("/api/v1/partnerships", "/api/v1/legal-acts")
KINDS = ("organizations", "programs", "partnerships", "legal-acts")
"""Whose collections are called daily by the client of functions."""
CALLED = (
    *(f"/api/v1/{kind}{item}" for kind in KINDS for item in ("", "/{id}")),
    *("/api/v1/indicators", "/api/v1/changes", "/api/v1/imports/measures"),
    *(path for path in DOCUMENT["paths"] if path.startswith("/api/v1/programs/{id}/")),
)
"""The paths that are called: those of the feed bring the records of all kinds along."""
pytestmark = [pytest.mark.timeout(300), pytest.mark.long]  # the first test waits for the generators
each_kind = pytest.mark.parametrize(
    "resource", [pytest.param(resource, id=resource.name) for resource in RESOURCES]
)
each_called_kind = pytest.mark.parametrize(
    "resource",
    [
        pytest.param(each, id=each.name, marks=() if each.path in KINDS else pytest.mark.torture)
        for each in RESOURCES
    ],
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, *, full: bool) -> Path:
    """A folder with both clients, written as the page says: a warning is a failure."""
    folder = tmp_path_factory.mktemp("clients")
    some = DOCUMENT if full else part(DOCUMENT, *CALLED)
    for program, read in (("openapi-python-client", some), ("datamodel-codegen", DOCUMENT)):
        done = generate(program, prepared(folder, read))
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def house(houses: Callable[[str], House]) -> House:
    return houses("sqlite")


@pytest.fixture(scope="module")
def imported(written: Path) -> Iterator[Callable[[str], ModuleType]]:
    """Modules of the written clients."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(written))
        patch.setattr(sys, "dont_write_bytecode", True)
        yield importlib.import_module


@pytest.fixture(scope="module")
def models(imported: Callable[[str], ModuleType]) -> ModuleType:
    """The records of the one client."""
    return imported(MODELS)


@pytest.fixture(scope="module")
def kinds(imported: Callable[[str], ModuleType]) -> ModuleType:
    """The records of the other client."""
    return imported(f"{PACKAGE}.models")


@pytest.fixture(scope="module")
def call(
    written: Path, imported: Callable[[str], ModuleType], house: House
) -> Iterator[Callable[..., Any]]:
    """Calls an operation of the written package by its operationId."""
    made = imported(PACKAGE).AuthenticatedClient(house.address, token=house.key(), timeout=60)

    def operation(name: str, *words: Any, **more: Any) -> Any:
        (file,) = (written / PACKAGE / "api").glob(f"*/{name}.py")
        module = imported(f"{PACKAGE}.api.{file.parent.name}.{name}")
        return module.sync(*words, client=made, **more)

    with made:
        yield operation


@pytest.fixture(scope="module")
def hand(house: House) -> Holder:
    """Who asks for bytes, for the client that is records alone."""
    return house.coordinator


@each_called_kind
def test_each_list_and_item_come_back_typed(
    call: Callable[..., Any], kinds: ModuleType, resource: Resource
) -> None:
    singular = singular_of(resource)
    page = call(f"list_{resource.name}", limit=1)
    assert type(page) is getattr(kinds, f"{singular}Page")
    for item in page.items:
        assert type(item) is getattr(kinds, f"{singular}Read")
        again = call(_one(resource), item.id)
        assert again == item


@each_kind
def test_each_list_and_item_can_be_read_as_records(
    hand: Holder, models: ModuleType, resource: Resource
) -> None:
    singular = singular_of(resource)
    answer = hand.request("GET", f"/{resource.path}", params={"limit": 1})
    page = getattr(models, f"{singular}Page").model_validate_json(answer.content)
    for item in page.items:
        assert type(item) is getattr(models, f"{singular}Read")
        one = hand.request("GET", f"/{resource.path}/{item.id}")
        assert type(item).model_validate_json(one.content) == item


def test_a_record_is_made_changed_and_refused_typed(
    call: Callable[..., Any], kinds: ModuleType, house: House
) -> None:
    body = kinds.OrganizationWrite(
        municipality_id=house.municipality,
        kind=kinds.OrganizationKind.CULTURE,
        full_name="Районный дом культуры",
        short_name="РДК",
    )
    made = call("create_organization", body=body)
    assert type(made) is kinds.OrganizationWritten
    assert (made.kind, made.warnings) == (kinds.OrganizationKind.CULTURE, [])
    change = kinds.OrganizationPatch(phone="+7 843 000-00-00")
    changed = call("update_organization", made.id, body=change, if_match=made.etag)
    assert type(changed) is kinds.OrganizationWritten
    assert (changed.phone, changed.version) == ("+7 843 000-00-00", made.version + 1)
    stale = call("update_organization", made.id, body=change, if_match=made.etag)
    assert type(stale) is kinds.Problem
    assert (stale.status, stale.type_) == (412, "/problems/stale")
    wrong = call(
        "create_organization",
        body=kinds.OrganizationWrite.from_dict({**body.to_dict(), "inn": "1"}),
    )
    assert type(wrong) is kinds.Problem
    assert {type(each) for each in wrong.errors} == {kinds.Finding}


def test_a_record_is_made_and_changed_from_models(
    hand: Holder, models: ModuleType, house: House
) -> None:
    body = models.OrganizationWrite(
        municipality_id=house.municipality,
        kind=models.OrganizationKind.sport,
        full_name="Спортивная школа",
        short_name="СШ",
    )
    json = {"Content-Type": "application/json"}
    sent = body.model_dump_json(exclude_unset=True)
    answer = hand.request("POST", "/organizations", content=sent, headers=json)
    made = models.OrganizationWritten.model_validate_json(answer.content)
    assert isinstance(made, models.OrganizationRead)
    change = models.OrganizationPatch(phone="+7 843 000-00-01").model_dump_json(exclude_unset=True)
    headers = {**json, "If-Match": made.etag}
    answer = hand.request("PATCH", f"/organizations/{made.id}", content=change, headers=headers)
    changed = models.OrganizationWritten.model_validate_json(answer.content)
    assert (changed.phone, changed.version) == ("+7 843 000-00-01", made.version + 1)
    stale = hand.request("PATCH", f"/organizations/{made.id}", content=change, headers=headers)
    assert models.Problem.model_validate_json(stale.content).status == 412


def test_what_follows_from_the_records_comes_back_typed(
    call: Callable[..., Any], kinds: ModuleType
) -> None:
    program = call("list_programs").items[0].id
    indicators = call("get_indicators", program)
    assert type(indicators) is kinds.Indicators
    assert {type(each) for each in indicators.items} == {kinds.Indicator}
    assert {type(each.code) for each in indicators.items} == {kinds.IndicatorCode}
    assert type(call("list_indicators")) is kinds.IndicatorTable
    state = call("get_program_state", program)
    assert (type(state), type(state.program)) == (kinds.ProgramState, kinds.ProgramRead)
    assert {type(each) for each in state.partnerships} == {kinds.PartnershipRead}
    assert {type(each) for each in state.plan} == {kinds.PlanRow}
    code = indicators.items[0].code
    explained = call("explain_indicator", program, code)
    assert type(explained) is kinds.IndicatorExplanation
    assert {type(each) for each in explained.items} == {kinds.ExplainedItem}
    assert type(call("get_program_monitoring", program)) is kinds.ProgramMonitoring
    for door in ("resources", "property", "curricula", "finance", "quality", "results"):
        answer = call(f"get_program_{door}", program)
        assert type(answer) is getattr(kinds, f"Program{door.title()}")


def test_a_snapshot_and_its_difference_come_back_typed(
    call: Callable[..., Any], kinds: ModuleType
) -> None:
    program = call("list_programs").items[0].id
    body = kinds.SnapshotWrite.from_dict({"as_of": "2020-12-31", "title": "Отчёт"})
    made = call("create_snapshot", program, body=body)
    assert type(made) is kinds.SnapshotRead
    assert type(call("get_snapshot_indicators", program, made.id)) is kinds.Indicators
    assert type(call("compare_snapshot", program, made.id)) is kinds.SnapshotRevision


def test_a_change_of_the_feed_has_the_record_of_its_kind(
    call: Callable[..., Any], kinds: ModuleType
) -> None:
    page = call("list_changes")
    assert type(page) is kinds.FeedPage
    singulars = {resource.name: singular_of(resource) for resource in RESOURCES}
    assert {"programs", "partnerships", "legal_acts"} <= {change.type_ for change in page.items}
    for change in page.items:
        singular = singulars[change.type_]
        assert type(change) is getattr(kinds, f"{singular}Change")
        record = type(None) if change.op == "delete" else getattr(kinds, f"{singular}Read")
        assert type(change.data) is record


def test_a_list_is_sent_as_a_file_and_its_report_is_typed(
    call: Callable[..., Any], kinds: ModuleType, imported: Callable[[str], ModuleType]
) -> None:
    content = BytesIO("Код;Название;Вид значения\nmark;Средний балл;число\n".encode())
    file = imported(f"{PACKAGE}.types").File(content, "measures.csv", "text/csv")
    report = call(
        "import_measures", body=kinds.UploadedList(file=file), mode=kinds.ImportMode.DRY_RUN
    )
    assert type(report) is kinds.ImportReport
    assert {type(row) for row in report.rows} == {kinds.ImportedRow}


def test_the_page_works_as_pasted(written: Path, house: House) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block("python").replace(TYPED, house.address)],
        cwd=written,
        env=os.environ | {"KEY": house.key()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "org_involvement_share" in done.stdout


@pytest.mark.torture
def test_a_generator_that_loses_a_schema_is_noticed(tmp_path: Path) -> None:
    """The test of the test, on a small part of the document that is spoilt in two ways."""
    # Two schemas of one title: the generator leaves out whatever has to do with the second.
    whole = part(DOCUMENT, *TOGETHER)
    titled = {**whole["components"]["schemas"]["LegalActRead"], "title": "PartnershipRead"}
    whole["components"]["schemas"]["LegalActRead"] = titled
    alike = generate("openapi-python-client", prepared(tmp_path / "alike", whole))
    assert alike.returncode != 0
    assert "#/components/schemas/PartnershipPage" in alike.stderr
    # A schema without a name gets one that no program that uses the client knows.
    spoilt = without_name(part(DOCUMENT, *TOGETHER), "LegalActPage")
    bare = generate("openapi-python-client", prepared(tmp_path / "bare", spoilt))
    assert bare.returncode == 0, bare.stderr
    left = (tmp_path / "bare" / PACKAGE / "models" / "__init__.py").read_text(encoding="utf-8")
    assert "import PartnershipPage" in left
    assert "import LegalActPage" not in left


def _one(resource: Resource) -> str:
    operation = DOCUMENT["paths"][f"/api/v1/{resource.path}/{{id}}"]["get"]["operationId"]
    return str(operation)
