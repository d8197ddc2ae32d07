"""Whatever happens to the index's files, every page answers and the index gets whole again."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.engines.search.query import SearchRequest
from app.extensions import db
from app.factory import create_app
from app.resources import indexer, now, search_index, transaction
from app.services import indexing
from tests.conftest import make_settings
from tests.factories import make_suggestion

SUGGESTIONS = 3
LEAST_DAMAGES = 260
QUERY = "/zh/search?q=%E8%B7%AF%E7%81%AF"

Damage = Callable[[Path, random.Random], None]


def _delete(path: Path, chance: random.Random) -> None:
    path.unlink()


def _empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def _cut(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(max(1, len(content)))])


def _garble(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    for _ in range(chance.choice((1, 8, 64))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(bytes(content))


DAMAGES: tuple[Damage, ...] = (_delete, _empty, *([_cut] * 12), *([_garble] * 24))


@pytest.fixture(scope="module")
def world(loaded_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A portal with an index of several segments, some documents deleted in them."""
    folder = tmp_path_factory.mktemp("damage") / "instance"
    shutil.copytree(loaded_world, folder)
    app = create_app(make_settings(folder))
    with app.app_context():
        for count in range(SUGGESTIONS):
            with transaction() as session:
                row = make_suggestion(session, number=f"QD-2023-9{count:05d}", title="路灯不亮")
                indexing.enqueue_suggestion(session, row.id, now=now())
            indexer().catch_up()
        yield app
        search_index().close()
        db.engine.dispose()


def test_no_damage_breaks_a_page_or_outlasts_a_check(world: Flask) -> None:
    chance = random.Random(20230601)  # noqa: S311 - the same damages on every run
    client = world.test_client()
    index = world.extensions["portal_settings"].index_path
    right = _answers()
    done = 0
    for turn, damage in enumerate(DAMAGES):
        for name in _kinds_of_files(index):
            path = _newest(index, name)
            damage(path, chance)
            told = f"{damage.__name__} {name}, turn {turn}"
            _check_pages(client, told)
            indexer().mend(now=now())
            assert indexer().compare().is_empty, told
            assert _answers() == right, told
            assert client.get(QUERY).text.count("QD-2023-9") >= SUGGESTIONS, told
            done += 1
    assert done >= LEAST_DAMAGES


def _kinds_of_files(index: Path) -> list[str]:
    """One of each sort of file: the pointer, the words, the contents, and each of a segment's."""
    names = {_kind(path) for path in index.rglob("*") if path.is_file()}
    return sorted(names - {"write.lock"})


def _kind(path: Path) -> str:
    return "".join(path.suffixes[-1:]) or path.name


def _newest(index: Path, kind: str) -> Path:
    found = [path for path in index.rglob("*") if path.is_file() and _kind(path) == kind]
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _check_pages(client: FlaskClient, told: str) -> None:
    """A search answers with what it has; nobody sees a fault of ours."""
    search_index().close()
    answer = client.get(QUERY)
    assert answer.status_code == 200, told
    assert client.get("/zh/").status_code == 200, told
    assert client.get("/health/ready").status_code == 200, told


def _answers() -> list[list[tuple[str, float]]]:
    """What many queries find, with scores: any lost or changed posting shows in one of them."""
    asked = sorted(search_index().vocabulary())[::40]
    pages = [search_index().search(SearchRequest(text=word)) for word in asked]
    return [[(hit.ref, hit.score) for hit in page.hits] for page in pages]
