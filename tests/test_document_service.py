"""Documents of the service: every word that the register accepted is printed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as suit
from hypothesis import strategies as st

from app.documents.formats import FORMATS
from tests.files import KINDS, one_process, signs
from tests.scene import MERGE, Scene
from tests.test_document_files import HOSTILE, less, times
from tests.test_documents import texts
from tests.test_network_doors import whole
from tests.test_network_vectors import funded, hall, marked, network, stocked

__all__ = ["funded", "hall", "marked", "network", "one_process", "stocked", "whole"]

FIELDS = (
    ("organizations", "$a", "short_name"),
    ("organizations", "$a", "full_name"),
    ("organizations", "$a", "address"),
    ("programs", "$program", "title"),
    ("partnerships", "$partnership", "title"),
    ("network-curricula", "$physics_course", "title"),
    ("events", "$autumn", "title"),
)
"""Texts of the register that stand in documents."""


@pytest.mark.one_database
@pytest.mark.parametrize("first", range(0, len(HOSTILE), len(FIELDS)))
def test_every_hostile_word_that_was_accepted_is_printed(whole: Scene, first: int) -> None:
    _hold(whole, [*HOSTILE.values()][first : first + len(FIELDS)])


@pytest.mark.one_database
@suit(
    max_examples=16,
    deadline=None,  # how long a file takes is no question of this test
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example writes all fields
)
@given(
    words=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
        min_size=len(FIELDS),
        max_size=len(FIELDS),
    )
)
def test_every_word_that_was_accepted_is_printed(whole: Scene, words: list[str]) -> None:
    _hold(whole, words)


def _hold(scene: Scene, words: list[str]) -> None:
    """Write the words where the register takes them, and find them in every document."""
    written = list(_written(scene, words))
    for path in _documents(scene):
        paper = scene.client.get(path).json()
        for kind, form in FORMATS.items():
            answer = scene.client.get(path, headers={"Accept": kind})
            assert answer.status_code == 200, answer.text
            told = KINDS[form.ending]
            wanted: Counter[str] = Counter()
            for text in written:
                wanted += times(signs(told.spell(text)), _times(paper, text))
            assert not less(signs(told.words(answer.content)), wanted), (path, kind)


def _written(scene: Scene, words: list[str]) -> Iterator[str]:
    """The words as the register keeps them; it may refuse some."""
    headers = {"If-Match": "*", "Content-Type": MERGE}
    for number, ((collection, name, field), word) in enumerate(zip(FIELDS, words, strict=False)):
        path = f"/{collection}/{scene[name]}"
        # Its end tells it from what stands in the document besides.
        body = {field: f"{word}Щит{number}"}
        answer = scene.client.patch(path, json=body, headers=headers)
        assert answer.status_code in {200, 422}, answer.text
        if answer.status_code == 200:
            yield answer.json()[field]


def _documents(scene: Scene) -> list[str]:
    return [
        f"/programs/{scene['$program']}/report?as_of=2021-02-28",
        f"/partnerships/{scene['$partnership']}/passport?as_of=2021-02-28",
        f"/network-curricula/{scene['$physics_course']}/contract",
        f"/events/{scene['$autumn']}/attendance-list",
    ]


def _times(paper: dict[str, Any], text: str) -> int:
    """How many of a document's texts hold it."""
    return sum(text in each for each in texts(paper))
