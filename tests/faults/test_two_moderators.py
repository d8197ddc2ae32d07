"""However many moderators decide at once, one decision counts, and nothing is left behind."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import upgrade

from app.extensions import db
from app.factory import create_app
from app.resources import now, search_index, transaction
from app.services import bundle
from tests.conftest import make_settings
from tests.faults.deciding_moderator import (
    FEWEST,
    MOST,
    PRIORITY,
    STALE,
    WON,
)
from tests.processes import start

ROUNDS = 200
"""On each database."""

LONGEST_SECONDS = 60
"""For both databases together, on an idle machine of two cores."""


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(
    request: pytest.FixtureRequest, loaded_world: Path, tmp_path: Path
) -> Iterator[tuple[Path, str]]:
    """A portal's folder, and the address of its database where that is not in the folder."""
    folder = tmp_path / "instance"
    shutil.copytree(loaded_world, folder)
    if request.param == "sqlite":
        yield folder, ""
        return
    address = str(request.getfixturevalue("postgresql_address"))
    app = create_app(make_settings(folder, database_url=address))
    with app.app_context():
        upgrade()
        with transaction() as session:
            bundle.load(session, now=now())
        search_index().close()
        db.engine.dispose()
    yield folder, address


def test_of_all_who_decide_at_once_one_wins_and_the_others_are_told(
    portal: tuple[Path, str],
) -> None:
    folder, address = portal

    process = start("tests.faults.deciding_moderator", ROUNDS, address, folder=folder)
    printed, complaints = process.communicate(timeout=10 * LONGEST_SECONDS)

    assert process.returncode == 0, complaints
    *rounds, last = [json.loads(line) for line in printed.splitlines()]
    assert len(rounds) == ROUNDS
    assert {each["count"] for each in rounds} == set(range(FEWEST, MOST + 1))
    wrong = [each for each in rounds if not _is_right(each)]
    assert wrong == []
    assert last == {"is_log_whole": True}


def _is_right(told: dict[str, object]) -> bool:
    """Whether one won, all others were told, and all that was written fits the one decision."""
    found = told["found"]
    assert isinstance(found, dict)
    is_returned = found["state"] == "returned"
    wanted = {
        "decisions": 1,
        "log_lines": 1,
        "index_jobs": 1,
        "claims": 0,
        "open_pauses": int(is_returned),
        "priority": PRIORITY,
        "cause": "new" if found["state"] == "pending" else None,
        # An act may write the row more than once; what counts is that nothing came after it.
        "decided": {found["state"]: found["version"]},
    }
    outcomes = {WON: 1, STALE: int(str(told["count"])) - 1}
    # By the pages, nobody but the holder decides on what is claimed without being asked first.
    is_fair = not told["by_pages"] or told["holder"] in {None, told["winner"]}
    return told["outcomes"] == outcomes and wanted.items() <= found.items() and is_fair
