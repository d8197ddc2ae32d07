"""Directories, the pointer and the lock."""

from pathlib import Path

import pytest

from app.engines.search.on_disk.generations import Generations
from app.errors import IndexUnavailableError


def make_generations(path: Path) -> Generations:
    generations = Generations(path / "索引")
    with generations.writing(timeout=1):
        pass
    return generations


def test_the_pointer_names_the_directory_in_use(tmp_path: Path) -> None:
    generations = make_generations(tmp_path)
    directory = generations.make_next()

    generations.point_to(directory)

    assert generations.current() == directory


def test_numbers_go_on_after_a_directory_left_by_a_crash(tmp_path: Path) -> None:
    generations = make_generations(tmp_path)

    assert generations.make_next().name == "g000001"
    assert generations.make_next().name == "g000002"


def test_sweeping_keeps_the_one_in_use_and_what_is_not_ours(tmp_path: Path) -> None:
    generations = make_generations(tmp_path)
    old, new = generations.make_next(), generations.make_next()
    (generations.root / "notes").mkdir()

    generations.sweep(keep=new)

    assert not old.exists()
    assert new.exists()
    assert (generations.root / "notes").exists()


def test_the_lock_is_free_after_a_failure_inside_it(tmp_path: Path) -> None:
    generations = make_generations(tmp_path)

    with pytest.raises(RuntimeError), generations.writing(timeout=0):
        raise RuntimeError

    with generations.writing(timeout=0):
        assert generations.root.exists()


def test_the_lock_is_held_by_one_only(tmp_path: Path) -> None:
    generations = make_generations(tmp_path)

    with (
        generations.writing(timeout=0),
        pytest.raises(IndexUnavailableError) as refusal,
        generations.writing(timeout=0.05),
    ):
        pass

    assert refusal.value.reason == "busy"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")

    with (
        pytest.raises(IndexUnavailableError) as refusal,
        Generations(tmp_path / "file" / "index").writing(timeout=0),
    ):
        pass

    assert refusal.value.reason == "unwritable"
