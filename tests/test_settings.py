"""Settings: the database's address and its password may stand in files."""

import errno
import os
import re
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.__main__ import main
from app.commands import premises, running
from app.commands.misspelling import misspelt
from app.database.engines import sqlite
from app.database.revisions import head
from app.problems import Unavailable
from app.settings import Settings

PASSWORD = """ p@ss:/ w%rd#'"\\%20+ё """


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_any_password_is_put_into_the_address(tmp_path: Path, end: str) -> None:
    file = tmp_path / "password"
    file.write_bytes((PASSWORD + end).encode())
    settings = Settings(
        database_url="postgresql://school@[::1]:5433,second/school?sslmode=require",
        database_password_file=str(file),
    )
    assert "sslmode=require" in settings.url
    url = sa.make_url(settings.url)
    assert (url.username, url.password) == ("school", PASSWORD)
    assert (url.query["host"], url.database) == ("::1,second", "school")


def test_the_address_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://school:p%40ss@database/school\n")
    known = Settings(database_url_file=str(file))
    assert sa.make_url(known.url).password == "p@ss"
    file.write_text("postgresql://school@database/school\n")
    (tmp_path / "password").write_text("p@ss")
    both = Settings(database_url_file=str(file), database_password_file=str(tmp_path / "password"))
    assert both.url == known.url


def test_the_password_is_put_into_the_address_of_a_replica_too(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    settings = Settings(
        database_url="postgresql://school@first/school",
        read_url="postgresql://school@second,third:7/school",
        database_password_file=str(tmp_path / "password"),
    )
    url = sa.make_url(settings.replica_url)
    assert (url.password, url.query["host"]) == (PASSWORD, "second,third")
    assert url.query["target_session_attrs"] == "prefer-standby"


def test_sqlite_has_no_replica(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SN_READ_URL", "postgresql://school@second/school")
    assert main(["key", "list"]) == 2
    assert "SN_READ_URL: only PostgreSQL has replicas" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"URL_FILE": "url"}, "SN_DATABASE_URL_FILE: url: no such file or folder"),
        ({"URL_FILE": "empty"}, "SN_DATABASE_URL_FILE: is empty: empty"),
        ({"URL_FILE": "binary"}, "SN_DATABASE_URL_FILE: is not UTF-8: binary"),
        ({"URL_FILE": "."}, "SN_DATABASE_URL_FILE: .: it is a folder"),
        ({"URL_FILE": "full", "URL": "sqlite:///x.db"}, "exclude each other"),
        ({"PASSWORD_FILE": "full"}, "without a password"),
        ({"PASSWORD_FILE": "full", "URL": "sqlite:///x.db"}, "without a password"),
        ({"PASSWORD_FILE": "full", "URL": "postgresql://host/x"}, "without a password"),
        ({"PASSWORD_FILE": "full", "URL": "postgresql://a:topsecret@h/x"}, "without a password"),
        ({"PASSWORD_FILE": "gone", "URL": "postgresql://a@h/x"}, "gone: no such file or folder"),
    ],
)
def test_a_wrong_place_is_told_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "full").write_text("topsecret\n")
    for name, value in settings.items():
        monkeypatch.setenv(f"SN_DATABASE_{name}", value)
    assert main(["key", "list"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1
    assert "topsecret" not in told


@pytest.mark.parametrize(
    "options", ["timeout=abc", "foo=1", "mode=ro", "cached_statements=1.5", "timeout=5&foo=1"]
)
@pytest.mark.parametrize(
    ("language", "said"), [("ru", "чего SQLite не понимает"), ("en", "SQLite does not understand")]
)
def test_an_option_that_sqlite_does_not_know_is_told(
    tmp_path: Path, options: str, language: str, said: str
) -> None:
    place = f"sqlite:///{tmp_path / 'x.db'}?{options}"
    variables = {"SN_DATABASE_URL": place, "SN_LANGUAGE": language, "LC_ALL": f"{language}.UTF-8"}
    run = subprocess.run(
        [sys.executable, "-m", "app", "key", "list"],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert said in run.stderr
    assert options in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_an_option_that_sqlite_knows_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SN_DATABASE_URL", "sqlite:///x.db?timeout=5")
    assert Settings().url.endswith("timeout=5")


def test_an_error_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SN_DATABASE_URL", "postgresql://a:topsecret@h/x")
    monkeypatch.setenv("SN_PORT", "topsecret")
    with pytest.raises(ValueError, match="port") as refused:
        Settings()
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"": "short"}, "at least 32 characters"),
        ({"_FILE": "short"}, "at least 32 characters"),
        ({"_FILE": "gone"}, "SN_METRICS_KEY_FILE: gone: no such file or folder"),
        ({"": "k" * 32, "_FILE": "long"}, "exclude each other"),
    ],
)
def test_a_weak_key_of_the_metrics_is_told_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("topsecret\n")
    (tmp_path / "long").write_text("k" * 32 + "\n")
    for name, value in settings.items():
        monkeypatch.setenv(f"SN_METRICS_KEY{name}", value)
    assert main(["key", "list"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "topsecret" not in told


def test_the_key_of_the_metrics_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 32 + "\n")
    assert Settings(metrics_key_file=str(tmp_path / "key")).metrics_secret == b"k" * 32
    assert Settings(metrics_key="m" * 32).metrics_secret == b"m" * 32
    assert Settings().metrics_secret == b""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "abc", "SN_PORT: нужно целое число"),
        ("WORKERS", "0", "SN_WORKERS: нужно не меньше 1"),
        ("TIME_ZONE", "Europe/Moskow", "SN_TIME_ZONE: такого часового пояса IANA нет"),
        ("POOLER", "pgpool", "SN_POOLER: возможны только '', 'plain' или 'prepared'"),
        ("LANGUAGE", "de", "SN_LANGUAGE: возможны только '', 'ru' или 'en'"),
        ("CONTACT", "я" * 201, "SN_CONTACT: нужно не больше 200 знаков"),
        ("BACKUP_AT", "25:00", "SN_BACKUP_AT: 25:00: нужно время вида 02:30"),
        ("BACKUP_AT", "02:30;14:30", "SN_BACKUP_AT: 02:30;14:30: нужно время вида 02:30"),
        ("BACKUP_KEEP", "many", "SN_BACKUP_KEEP: нужно целое число"),
        ("BACKUP_KEEP", "-1", "SN_BACKUP_KEEP: нужно не меньше 0"),
        ("HOSTS", "https://school.example.org", "SN_HOSTS: нужно имя без схемы и порта"),
        ("HOSTS", "школа.рф", "SN_HOSTS: вместо школа.рф впишите xn--80atdl2c.xn--p1ai:"),
        ("HOSTS", "школа рф", "SN_HOSTS: нужно имя без схемы и порта"),
        ("DATA", "", "SN_DATA: значение пусто. Уберите переменную, тогда действует data"),
        ("HOST", " ", "SN_HOST: значение пусто. Уберите переменную, тогда действует 127.0.0.1"),
        ("TIME_ZONE", "", "SN_TIME_ZONE: значение пусто."),
        ("BACKUP_AT", "", "SN_BACKUP_AT: значение пусто."),
        (
            "DATABASE_URL",
            "postgresql://a:b@c/d?user_name=e",
            "SN_DATABASE_URL: после знака ? стоит то, чего PostgreSQL не понимает. Причина: ",
        ),
        (
            "DATABASE_URL",
            "postgresql://a@c/d?port=e",
            "SN_DATABASE_URL: после знака ? стоит то, чего PostgreSQL не понимает.",
        ),
        ("DATABASE_URL", "mysql://a@b/c", "SN_DATABASE_URL: нужен адрес базы вида postgresql://"),
        (
            "DATABASE_URL",
            "sqlite:///:memory:",
            "SN_DATABASE_URL: нужен адрес базы вида postgresql://",
        ),
        ("DATABASE_URL", "school.db", "SN_DATABASE_URL: нужен адрес базы вида postgresql://"),
        ("DATA", "/proc/none", "/proc/none: нет такого файла или папки"),
        (
            "DATABASE_URL",
            "postgresql://school@127.0.0.1:1/school",
            "База данных недоступна.\nПричина: connection failed:",
        ),
    ],
)
def test_the_administrator_is_told_what_to_mend(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    said: str,
) -> None:
    for language in ("SN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(language, raising=False)
    monkeypatch.setenv("SN_DATA", str(tmp_path))
    monkeypatch.setenv(f"SN_{name}", value)
    assert main(["serve"]) in {1, 2}
    assert capsys.readouterr().err.startswith(said)


@pytest.fixture
def served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """What a start says that is refused, with settings."""

    def served(**settings: object) -> str:
        for language in ("SN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(language, raising=False)
        for name, value in ({"data": tmp_path} | settings).items():
            monkeypatch.setenv(f"SN_{name.upper()}", str(value))
        assert main(["serve"]) == 1
        return capsys.readouterr().err

    return served


@pytest.mark.parametrize("workers", [1, 2])
def test_an_address_that_is_taken_is_told_before_anything_is_made(
    served: Callable[..., str], tmp_path: Path, workers: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = served(port=port, workers=workers)
    assert said == f"127.0.0.1, порт {port}: порт занят (SN_HOST, SN_PORT)\n"
    assert "у машины нет такого адреса" in served(host="192.0.2.1", workers=workers)
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_is_no_database_is_told(served: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "school-network.db").write_text("garbage, long enough to be read as a page " * 20)
    said = served(port=0)
    assert "school-network.db: файл повреждён, или это не база SQLite." in said
    assert "restore" in said


def test_what_is_wrong_with_an_address_is_told(served: Callable[..., str]) -> None:
    assert "такого имени машина не знает" in served(host="nobody.invalid")


def test_a_port_of_root_is_told(
    served: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("app.commands.serving._try_address", refuse)
    assert served(port=80).startswith(
        "127.0.0.1, порт 80: порт ниже 1024 открывает только суперпользователь"
    )


@pytest.mark.parametrize(
    ("name", "is_folder", "said"),
    [
        ("secret", True, "это папка, а нужен файл"),
        ("audit-heads", False, "это файл, а нужна папка"),
        ("destroyed.jsonl", True, "это папка, а нужен файл"),
        ("ended-keys.jsonl", True, "это папка, а нужен файл"),
        ("school-network.db", True, "это папка, а нужен файл"),
        ("school-network.db-wal", True, "это папка, а нужен файл"),
    ],
)
def test_what_stands_in_the_way_is_told(
    served: Callable[..., str], tmp_path: Path, name: str, said: str, *, is_folder: bool
) -> None:
    path = tmp_path / name
    (path.mkdir if is_folder else path.touch)()
    assert f"{path}: {said}" in served(port=0)


@pytest.mark.parametrize(("hard", "is_told"), [(209, True), (210, False), (-1, False)])
def test_too_few_files_for_the_connections_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hard: int, *, is_told: bool
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (20, hard))
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: raised.append(limits))
    premises.open_more(Settings(connections=5))
    assert raised == [(min(hard, 210) if hard > 0 else 210, hard)]
    assert ("needs 210" in capsys.readouterr().err) == is_told


@pytest.mark.parametrize(("content", "said"), [(b"", "файл пуст"), (b"\xff\xfe", "не в UTF-8")])
def test_a_secret_that_is_none_is_told(
    served: Callable[..., str], tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "secret").write_bytes(content)
    told = served(port=0)
    assert said in told
    assert len(told.splitlines()) == 1


def test_a_data_folder_that_is_a_file_is_told(served: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert served(data=tmp_path / "file") == f"{tmp_path / 'file'}: это файл, а нужна папка\n"


@pytest.mark.parametrize(
    "name", ["", "audit-heads", "school-network.db", "school-network.db-wal", "destroyed.jsonl"]
)
@pytest.mark.parametrize("is_fixed", [False, True])
def test_what_the_service_may_not_write_is_told(
    served: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    is_fixed: bool,
) -> None:
    """As the system tells it to an account that is not root's."""
    path = tmp_path / name
    if name:
        (path.touch if "." in name else path.mkdir)()
    access = os.access
    monkeypatch.setattr(os, "access", lambda asked, mode: asked != path and access(asked, mode))
    if is_fixed:
        monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    why = "диск открыт только для чтения" if is_fixed else "нет прав на этот файл или папку"
    assert served(port=0) == f"{path}: {why}\n"


def test_a_file_of_sqlite_that_cannot_be_written_is_told_with_its_rights() -> None:
    problem = Unavailable()
    why = sqlite.OperationalError("attempt to write a readonly database")
    why.sqlite_errorname = "SQLITE_READONLY"
    problem.__cause__ = sa.exc.OperationalError("UPDATE", None, why)
    told = " ".join(running.lines(problem))
    assert "attempt to write a readonly database" in told
    assert "-wal" in told
    assert "SN_DATABASE_URL" not in told


@pytest.mark.long
def test_who_cannot_print_russian_letters_gets_the_rest(tmp_path: Path) -> None:
    settings = {"SN_LANGUAGE": "ru", "SN_DATA": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "app", "migrate"]
    done = subprocess.run(
        words, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f": {head()}\n")


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_misspelt_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    name = f"SN_{field.upper()}"
    monkeypatch.setenv(name[:-2] + name[-1], "1")
    assert main(["key", "list"]) == 2
    assert f"{name[:-2] + name[-1]}: there is no such setting. Is {name}" in capsys.readouterr().err


OF_COMPOSE = sorted({*re.findall(r"\$\{(SN_\w+)", Path("docker-compose.yml").read_text())})


@pytest.mark.parametrize("name", OF_COMPOSE)
def test_a_misspelt_variable_of_compose_is_told(name: str) -> None:
    assert misspelt({name[:-2] + name[-1]: "1"})


def test_what_compose_and_others_set_is_no_misspelt_setting() -> None:
    assert len(OF_COMPOSE) > 15
    # In `.env` of an older release.
    former = re.findall(r"\$\{(SN_\w+)", Path("tests/containers/before.yml").read_text())
    others = ["SN_KEY", "SN_URL", "SN_SERVICE_HOST", "SN_SERVICE_PORT", "SNAP_DATA"]
    assert misspelt(dict.fromkeys([*OF_COMPOSE, *former, *others], "")) == {}
