"""Keys: what they look like, whom they belong to, and how long they open."""

import re
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app import seeding
from app.access import keys
from app.access.callers import KeyHolder
from app.access.keys import ApiKey
from app.access.roles import Role
from app.access.scopes import LIFETIME, KeyWrite
from app.access.tokens import hash_of, mint, read
from app.acts import Actor
from app.journal.register import Register
from app.model.record import new_id
from app.problems import Conflict, Invalid, NotFound
from app.registry.organizations import organizations
from app.store.register import by_key
from tests.scene import Service

DAY = timedelta(days=1)


def wanted(role: Role = Role.READER, **more: Any) -> KeyWrite:
    return KeyWrite(role=role, owner="Галимова Р. Р.", **more)


@pytest.fixture
def filled(service: Service) -> Register:
    return service.database


def issued(database: Register, **more: Any) -> tuple[ApiKey, str]:
    return database.write(lambda tx: keys.issue(tx, wanted(**more)))


def kept(database: Register, key: ApiKey) -> ApiKey:
    return database.read(lambda tx: keys.one(tx, key.id))


def school(database: Register) -> Any:
    source = (seeding.SOURCE, "otar-dubrovskaya")
    return database.write(lambda tx: by_key(tx, organizations, source))


def codes(refused: pytest.ExceptionInfo[Any]) -> set[tuple[str | None, str]]:
    return {(each.pointer, each.fault.code) for each in refused.value.findings}


def test_a_minted_key_is_read_and_safe_in_a_header() -> None:
    token, kid = mint()
    assert read(token) == kid
    assert re.fullmatch("sn_[A-Za-z0-9]{12}_[A-Za-z0-9]{40}", token)
    assert len({mint()[0] for _ in range(1000)}) == 1000


@given(st.integers(0, 55), st.sampled_from(string.ascii_letters + string.digits + "_\n\0é"))
def test_one_wrong_character_is_seen_before_any_database(place: int, letter: str) -> None:
    token = "sn_AbCdEfGhIjKl_0123456789abcdefghijklmnopqrstuvc4f11063"
    assert read(token) == "AbCdEfGhIjKl"
    changed = token[:place] + letter + token[place + 1 :]
    assert (read(changed) is None) == (changed != token)


@pytest.mark.long
@given(st.text(st.characters(exclude_categories=())))
def test_garbage_is_no_key_and_no_error(text: str) -> None:
    assert read(text) is None
    assert len(hash_of(text)) == 64


def test_only_the_hash_is_kept(filled: Register) -> None:
    key, token = issued(filled)
    assert key.token_hash == hash_of(token) != token
    with filled.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM api_keys").all())
    assert key.token_hash in rows
    assert token.rsplit("_", 1)[1] not in rows


def test_a_key_is_kept_as_it_was_issued(filled: Register) -> None:
    key, _ = issued(filled, role=Role.ORG, organization_id=school(filled).id)
    found = kept(filled, key)
    assert found == key
    assert isinstance(found.role, Role)
    assert found in filled.read(keys.listed)
    assert filled.read(lambda tx: keys.owners_of(tx, [key.id])) == {key.id: key.owner}


def test_a_key_works_until_its_end(filled: Register) -> None:
    key, _ = issued(filled)
    assert key.is_active(key.created_at)
    assert key.is_active(key.created_at + LIFETIME - DAY)
    assert not key.is_active(key.created_at + LIFETIME)


def test_a_revoked_key_ends_once(filled: Register) -> None:
    key, _ = issued(filled)
    filled.write(lambda tx: keys.revoke(tx, key.id))
    first = kept(filled, key)
    assert not first.is_active(key.created_at)
    filled.write(lambda tx: keys.revoke(tx, key.id))
    assert kept(filled, key) == first


def test_an_organizations_municipality_is_derived(filled: Register) -> None:
    place = school(filled)
    key, _ = issued(filled, role=Role.ORG, organization_id=place.id)
    assert key.municipality_id == place.columns["municipality_id"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"role": Role.ORG}, ("/organization_id", "missing")),
        ({"role": Role.ADMIN, "municipality_id": "id"}, ("/municipality_id", "not_of_this_role")),
        ({"role": Role.AUDITOR, "municipality_id": "id"}, ("/municipality_id", "not_of_this_role")),
        ({"organization_id": "id"}, ("/organization_id", "not_of_this_role")),
        ({"role": Role.COORDINATOR, "source": "gis"}, ("/source", "not_of_this_role")),
        ({"municipality_id": "id"}, ("/municipality_id", "unknown-reference")),
        ({"role": Role.ORG, "organization_id": "id"}, ("/organization_id", "unknown-reference")),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, ("/expires_at", "no_such_expiry")),
        ({"expires_at": datetime(2999, 1, 1, tzinfo=UTC)}, ("/expires_at", "no_such_expiry")),
    ],
)
@pytest.mark.shared_out
def test_a_scope_that_does_not_fit_is_refused(
    filled: Register, more: dict[str, Any], expected: tuple[str, str]
) -> None:
    before = [key.id for key in filled.read(keys.listed)]
    said = {name: new_id() if value == "id" else value for name, value in more.items()}
    with pytest.raises(Invalid) as refused:
        issued(filled, **said)
    assert codes(refused) == {expected}
    assert [key.id for key in filled.read(keys.listed)] == before


@pytest.mark.shared_out
def test_an_organization_of_another_municipality_is_refused(filled: Register) -> None:
    place = school(filled)
    with filled.engine.connect() as connection:
        homes = connection.exec_driver_sql("SELECT id FROM municipalities").scalars().all()
    other = next(each for each in homes if str(each) != str(place.columns["municipality_id"]))
    scope = {"organization_id": place.id, "municipality_id": str(other)}
    with pytest.raises(Invalid) as refused:
        issued(filled, role=Role.ORG, **scope)
    assert codes(refused) == {("/municipality_id", "other-municipality")}


def test_after_a_rotation_both_keys_work_until_the_old_one_ends(filled: Register) -> None:
    old, _ = issued(filled, role=Role.SYNC, source="gis")
    until = old.created_at + 7 * DAY
    new, _ = filled.write(lambda tx: keys.rotate(tx, old.id, until))
    assert (new.owner, new.role, new.source) == (old.owner, old.role, old.source)
    assert new.rotated_from == old.id
    shortened = kept(filled, old)
    assert shortened.expires_at == until
    assert shortened.is_active(until - DAY)
    assert not shortened.is_active(until)
    assert new.is_active(until + DAY)


@pytest.mark.shared_out
def test_a_rotation_never_lengthens_a_key(filled: Register) -> None:
    end = datetime.now(UTC) + 2 * DAY
    old, _ = issued(filled, expires_at=end)
    new, _ = filled.write(lambda tx: keys.rotate(tx, old.id, end + 9 * DAY))
    assert kept(filled, old).expires_at == end
    assert new.expires_at - new.created_at == end - old.created_at


def test_the_database_itself_refuses_a_sync_key_without_a_source(filled: Register) -> None:
    key, _ = issued(filled, role=Role.SYNC, source="gis")
    forget = sa.update(keys.KEYS).where(keys.KEYS.c.id == key.id).values(source=None)
    with pytest.raises(sa.exc.IntegrityError):
        filled.write(lambda tx: tx.execute(forget))
    assert kept(filled, key).source == "gis"


def test_nobody_holds_a_sync_key_without_a_source() -> None:
    with pytest.raises(ValueError, match="source"):
        KeyHolder(Actor("sync"), Role.SYNC)


@pytest.mark.parametrize("again", ["old", "new"])
@pytest.mark.shared_out
def test_a_chain_has_two_active_keys_at_most(filled: Register, again: str) -> None:
    old, _ = issued(filled)
    until = old.created_at + DAY
    new, _ = filled.write(lambda tx: keys.rotate(tx, old.id, until))
    chosen = {"old": old.id, "new": new.id}[again]
    with pytest.raises(Conflict) as refused:
        filled.write(lambda tx: keys.rotate(tx, chosen, until))
    assert codes(refused) == {(None, "two_active_keys")}
    other = {"old": new.id, "new": old.id}[again]
    filled.write(lambda tx: keys.revoke(tx, other))
    third, _ = filled.write(lambda tx: keys.rotate(tx, chosen, until))
    assert third.rotated_from == chosen


@pytest.mark.shared_out
def test_a_key_that_ended_is_not_rotated(filled: Register) -> None:
    key, _ = issued(filled)
    filled.write(lambda tx: keys.revoke(tx, key.id))
    with pytest.raises(Conflict):
        filled.write(lambda tx: keys.rotate(tx, key.id, tx.now + DAY))


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: keys.revoke(tx, new_id()),
        lambda tx: keys.rotate(tx, new_id(), tx.now + DAY),
        lambda tx: keys.one(tx, new_id()),
    ],
)
@pytest.mark.shared_out
def test_a_key_that_never_was_is_not_found(filled: Register, work: Callable[[Any], Any]) -> None:
    with pytest.raises(NotFound):
        filled.write(work)


def test_each_act_names_its_key_and_no_value(filled: Register) -> None:
    acts = []

    def work(tx: Any) -> None:
        key, _ = keys.issue(tx, wanted())
        new, _ = keys.rotate(tx, key.id, tx.now + DAY)
        keys.revoke(tx, key.id)
        keys.revoke(tx, key.id)
        acts.extend([(act.action, act.type, act.ids) for act in tx.acts])
        assert acts == [
            ("issue_key", "keys", (str(key.id),)),
            ("rotate_key", "keys", (str(key.id), str(new.id))),
            ("revoke_key", "keys", (str(key.id),)),
        ]

    filled.write(work)
    assert acts


def test_the_last_use_is_noted_and_never_set_back(filled: Register) -> None:
    key, _ = issued(filled)
    late = key.created_at + DAY
    for at in (late, key.created_at):
        filled.write(lambda tx, at=at: keys.mark_used(tx, {key.id: at}))  # type: ignore[misc]
    assert kept(filled, key).last_used_at == late
