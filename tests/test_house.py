"""The house: what is exported is what is served, and no file outgrows a reader."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import VERSION
from app.__main__ import main
from app.commands.floors import picture
from app.description import tag_names
from app.rest.names import schema_of
from app.settings import Settings
from tests.annotations import annotations
from tests.described import document

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "app").rglob("*.py"))
MOST = 320
MOST_ANY = 0.03
"""Of all annotations in `app`."""


DOCUMENT = document()
RESPONSES = DOCUMENT["components"]["responses"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


OPERATIONS = list(operations())
"""One test looks at all of them: a case of its own would cost more than the look."""


def expected(path: str, method: str) -> set[str]:
    """The problems that an operation can tell, by what it reads."""
    found = {"401", "403", "408", "422", "429", "431", "503"}
    if "{" in path:
        found |= {"404"}
    if method in {"post", "put", "patch"}:
        found |= {"400", "413", "415"}
    if method != "get":
        found |= {"409", "410"}
    # A key has no version to lose: it is revoked without If-Match.
    if method in {"put", "patch", "delete"} and "/keys" not in path:
        found |= {"400", "412"}
        found |= set() if "by-key" in path else {"428"}
    return found


@pytest.mark.long
def test_what_follows_from_the_code_is_current() -> None:
    assert main(["docs", "--check"]) == 0


def test_the_picture_of_the_floors_follows_the_rules() -> None:
    rules: list[dict[str, Any]] = [
        {"name": "A door is closed", "type": "protected"},
        {"type": "layers", "containers": ["app.rest"], "name": "Rest has floors", "layers": ["x"]},
        {
            "type": "layers",
            "containers": ["app"],
            "layers": ["(nowhere)", "main", "rest | (nothing) | registry", "store : (database)"],
        },
        {
            "name": "No HTTP",
            "type": "forbidden",
            "source_modules": ["app.store", "app.database"],
            "forbidden_modules": ["fastapi"],
        },
    ]
    drawn = picture(rules)
    rows = [line.strip("│ ") for line in drawn.splitlines() if line.startswith("│")]
    assert rows == ["main", "rest │ registry", "store   database"]
    assert drawn.endswith(
        "- A door is closed.\n- Rest has floors.\n"
        "- No HTTP: `store`, `database` do not import `fastapi`."
    )


def test_every_operation_declares_its_problems() -> None:
    silent = {
        f"{method} {path}": missing
        for path, method, said in OPERATIONS
        if (missing := expected(path, method) - said["responses"].keys())
    }
    assert silent == {}


def test_a_problem_is_told_as_a_problem() -> None:
    told = {
        (status, response["$ref"].removeprefix("#/components/responses/"))
        for _, _, said in OPERATIONS
        for status, response in said["responses"].items()
        if status >= "400"
    }
    assert {status for status, _ in told} > {"401", "403", "404"}
    for _, name in told:
        assert list(RESPONSES[name]["content"]) == ["application/problem+json"], name


def test_every_operation_explains_itself() -> None:
    words = ("summary", "description", "operationId", "tags")
    silent = [f"{m} {p}" for p, m, said in OPERATIONS if not all(said[name] for name in words)]
    assert silent == []


def test_every_operation_names_its_parameters() -> None:
    named = {
        f"{method} {path}": (own_parameters(said), shared_parameters(said))
        for path, method, said in OPERATIONS
    }
    wanted = {
        f"{method} {path}": (
            {part.strip("{}") for part in path.split("/") if part.startswith("{")},
            # Whatever writes can be repeated (`app.rest.writing`), what is read can have names.
            (["names"] if schema_of(said) else []) if method == "get" else ["Idempotency-Key"],
        )
        for path, method, said in OPERATIONS
    }
    assert named == wanted


def own_parameters(said: dict[str, Any]) -> set[str]:
    """The parameters in the path."""
    own = [each for each in said.get("parameters", []) if "$ref" not in each]
    return {each["name"] for each in own if each["in"] == "path"}


def shared_parameters(said: dict[str, Any]) -> list[str]:
    """The names of the parameters that several operations have."""
    shared = [each["$ref"] for each in said.get("parameters", []) if "$ref" in each]
    return [each.removeprefix("#/components/parameters/") for each in shared]


def test_operations_have_names_of_their_own() -> None:
    names = [said["operationId"] for _, _, said in OPERATIONS]
    assert len(set(names)) == len(names) > 100


def test_every_tag_has_its_place_in_the_document() -> None:
    used = {tag for _, _, said in OPERATIONS for tag in said["tags"]}
    assert used == set(tag_names())


def test_no_file_outgrows_its_reader() -> None:
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {str(file): count for file, count in lines.items() if count >= MOST} == {}


@pytest.mark.long
def test_types_are_told_where_they_are_known() -> None:
    """`Any` turns mypy off for whatever it touches."""
    told = list(annotations(ROOT / "app"))
    silent = [each.place for each in told if each.says_any]
    assert len(silent) < MOST_ANY * len(told), "\n".join(silent)


def test_an_alias_of_any_counts_as_any(tmp_path: Path) -> None:
    package = tmp_path / "app"
    package.mkdir()
    (package / "here.py").write_text("from typing import Any\nRow = dict[str, Any]\n")
    (package / "there.py").write_text(
        "from app.here import Row\nfrom app import here\n"
        "first: list[Row]\nsecond: 'here.Row | None'\nthird: int\n"
    )
    assert [each.says_any for each in annotations(package)] == [True, True, False]


def test_decisions_are_numbered_one_by_one() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == [*range(1, len(files) + 1)]
    for number, file in enumerate(files, 1):
        assert file.read_text(encoding="utf-8").startswith(f"# {number}. "), file.name


def test_every_setting_is_in_the_readme() -> None:
    told = set(
        re.findall(r"^\| `SN_(\w+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert told == {name.upper() for name in Settings.model_fields}


def test_no_test_measures_time_but_with_the_full_numbers() -> None:
    """A busy machine takes longer: what is promised of time is held only by `--torture`."""
    timed = re.compile(
        r"^ *assert .*(monotonic|perf_counter|seconds|elapsed|slowest|lags|\.at\()", re.MULTILINE
    )
    found = [
        (file.name, each.group().strip())
        for file in (ROOT / "tests").glob("test_*.py")
        for each in timed.finditer(file.read_text(encoding="utf-8"))
        if "assert not full or" not in each.group() and file.name != "test_house.py"
    ]
    assert found == []


def test_the_version_is_told_everywhere(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"{VERSION}\n"
    assert client.get(client.base_url.join("/live")).json()["version"] == VERSION
    assert DOCUMENT["info"]["version"] == VERSION


def test_the_change_log_speaks_of_this_version() -> None:
    """A release without a word for its users is none."""
    assert f"\n## {VERSION} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
