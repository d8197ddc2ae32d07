"""An index worker that is killed at any moment loses nothing and stops nobody from searching."""

import json
import shutil
from pathlib import Path

import pytest

from tests.processes import start

KILLS = 150
WHOLE_AGAIN_SECONDS = 30


@pytest.fixture
def folder(loaded_world: Path, tmp_path: Path) -> Path:
    """A portal's own folder."""
    copy = tmp_path / "instance"
    shutil.copytree(loaded_world, copy)
    return copy


def test_nothing_is_lost_however_often_the_worker_is_killed(folder: Path) -> None:
    process = start("tests.faults.dying_worker", KILLS, folder=folder)
    printed, complaints = process.communicate(timeout=300)
    assert process.returncode == 0, complaints
    told = json.loads(printed.splitlines()[-1])
    assert len(told["whole_again"]) == KILLS
    assert told["cut_short"] > KILLS / 4, "the kills came too late to hit a worker at work"
    assert told["unreadable"] == 0
    assert told["lost"] == 0
    assert max(told["whole_again"]) < WHOLE_AGAIN_SECONDS
