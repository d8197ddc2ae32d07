"""Small worlds to search in, on disk and in PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from app.engines.search.document import SearchDocument
from app.engines.search.in_postgresql.index import PostgresIndex
from app.engines.search.index import SearchIndex
from app.engines.search.on_disk.index import WhooshIndex
from app.vocabulary import DocumentType, Language, Question

LOCK_SECONDS = 0.2

WORLD = (
    SearchDocument(
        type=DocumentType.SUGGESTION,
        id=1,
        ref="QD-2023-000001",
        language=Language.ZH,
        title="老旧小区停车难",
        body="我们小区晚上没有车位，停车收费也贵，希望增加公共的停车场。",
        tags=("智慧社区",),
        question=Question.NEED,
        district="shinan",
        published_on=date(2023, 3, 1),
        support=5,
    ),
    SearchDocument(
        type=DocumentType.SUGGESTION,
        id=2,
        ref="QD-2023-000002",
        language=Language.ZH,
        title="學校門口的路燈壞了",
        body="學校門口的路燈壞了三個月，孩子晚上走路不安全，附近停車也亂。",
        question=Question.NEED,
        district="laoshan",
        published_on=date(2023, 4, 1),
    ),
    SearchDocument(
        type=DocumentType.SUGGESTION,
        id=3,
        ref="W-77",
        language=Language.EN,
        title="Parking fees near the hospital",
        body="The parking fees near the hospital are too high for families who visit every day.",
        question=Question.EFFECT,
        district="shinan",
        published_on=date(2023, 5, 1),
    ),
    SearchDocument(
        type=DocumentType.ITEM,
        id=5,
        ref="2023-5",
        language=Language.ZH,
        title="深化智慧社区建设",
        body="建成智慧社区不少于400个，与城市云脑互联互通，方便停车和养老。",
    ),
    SearchDocument(
        type=DocumentType.CASE,
        id=1,
        ref="xian-xiang-hou-fu",
        language=Language.ZH,
        title="先享后付：停车先离场后付费",
        body="在医院附近试点，5G基站覆盖的停车场都能用。",
        published_on=date(2023, 2, 1),
    ),
)


OpenIndex = Callable[[], SearchIndex]


@pytest.fixture(params=["on_disk", "in_postgresql"])
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenIndex]:
    """Opens one index, again and again, as several processes would; nothing is in it yet."""
    opened: list[SearchIndex] = []

    def open_once_more() -> SearchIndex:
        if request.param == "on_disk":
            index: SearchIndex = WhooshIndex(tmp_path / "index", lock_seconds=LOCK_SECONDS)
        else:
            address: str = request.getfixturevalue("postgresql_address")
            index = PostgresIndex(address, lock_seconds=LOCK_SECONDS)
        opened.append(index)
        return index

    yield open_once_more
    for index in opened:
        index.close()


@pytest.fixture
def index(open_index: OpenIndex) -> SearchIndex:
    """An index of five documents: three suggestions, an item and a case."""
    index = open_index()
    index.rebuild(WORLD)
    return index
