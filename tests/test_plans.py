"""Plans: no list, page or export of a municipality's or an organization's key reads too much.

`bench.plans` tries the keys of all municipalities too, and larger databases.
"""

import pytest

from app.journal.register import Register
from bench.asking import Asker, askers
from bench.plans import Found, prepare, weighed

pytestmark = pytest.mark.long

SMALL, HOME = 2, 1
"""Municipalities there are, and the number of the one whose keys ask."""


def those() -> list[Asker]:
    return [each for each in askers(HOME) if each.name in {"municipality", "organization"}]


def test_no_list_of_a_municipality_reads_more_than_it_shows(database: Register) -> None:
    prepare(database, SMALL)
    found = [*weighed(database, those(), is_small=True)]
    assert len(found) > 1_000
    assert [str(each) for each in found if is_excessive(database, each)] == []


def is_excessive(database: Register, found: Found) -> bool:
    """Whether it reads too much.

    Of two municipalities PostgreSQL may well read one whole for a page, again for the total, and
    look up the organizations of some rows.
    """
    most = 3 * found.question.nearby if database.dialect.name == "postgresql" else 0
    return found.is_excessive and found.weight.excess > most
