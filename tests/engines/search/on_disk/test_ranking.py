"""What is remembered stays within its bound, and changes no answer."""

from pathlib import Path

import pytest

from app.engines.search.analysis import default_analyser
from app.engines.search.document import SearchDocument
from app.engines.search.on_disk.batch import Batch
from app.engines.search.on_disk.ranking import Ranker
from app.engines.search.on_disk.schema import GRAMS, WORDS, make_entry
from app.engines.search.on_disk.segments import OpenSegment
from app.engines.search.on_disk.view import View
from app.engines.search.query import make_plan
from app.vocabulary import DocumentType, Language

TITLES = ("停车难", "路灯坏了", "停车场的路灯", "电梯")


@pytest.fixture
def view(tmp_path: Path) -> View:
    """Two segments; the last document of the second is deleted."""
    segments = []
    for titles in (TITLES[:2], TITLES[2:]):
        batch = Batch()
        for title in titles:
            document = SearchDocument(
                type=DocumentType.SUGGESTION,
                id=TITLES.index(title) + 1,
                ref="",
                language=Language.ZH,
                title=title,
                body="",
            )
            batch.add(make_entry(document, default_analyser()))
        segments.append(OpenSegment(tmp_path, batch.write(tmp_path)))
    return View([(segments[0], ()), (segments[1], (1,))])


def test_the_deleted_count_nowhere(view: View) -> None:
    ranker = Ranker(view)

    assert view.count == 3
    assert ranker.term("电梯", WORDS).documents.size == 0
    assert ranker.term("路灯", GRAMS).documents.tolist() == [1, 2]


@pytest.mark.parametrize("cache_bytes", [0, 40, 10_000])
def test_what_is_remembered_changes_no_answer(view: View, cache_bytes: int) -> None:
    fresh, ranker = Ranker(view), Ranker(view, cache_bytes)
    plan = make_plan("停车 路灯", default_analyser())

    for _ in range(3):
        found = ranker.match(plan)
        wanted = fresh.match(plan)
        assert found.documents.tolist() == wanted.documents.tolist() == [0, 1, 2]
        assert found.scores.tolist() == wanted.scores.tolist()
        assert found.concepts.tolist() == [1, 1, 2]


def test_a_plan_of_nothing_matches_nothing(view: View) -> None:
    assert Ranker(view).match(make_plan("！？", default_analyser())).documents.size == 0
