"""Kills an index worker again and again at a moment drawn by lot, and looks at what is left.

Run as `python -m tests.faults.dying_worker KILLS`; not a test itself. Prints one line of JSON. The
worker is forked from this process, which has started once: what is killed is a worker at work, not
one that is still starting.
"""

import json
import os
import random
import signal
import sys
import time
from typing import NoReturn

from sqlalchemy import select

from app.engines.search.query import SearchRequest
from app.errors import IndexUnavailableError
from app.extensions import db
from app.factory import create_app
from app.models import Suggestion
from app.resources import indexer, now, reading, search_index, transaction
from app.services import indexing
from app.vocabulary import DocumentType, ReviewState
from config import load_settings
from tests.factories import make_suggestion

CHANGES = 3
LONGEST_SECONDS = 0.04
REBUILD_EVERY = 10
ALWAYS_THERE = SearchRequest(text="数据", types=(DocumentType.ITEM,))


def main(kills: int) -> None:
    """Change, start a worker, kill it, look; over and over."""
    chance = random.Random(20230601)  # noqa: S311 - the same moments on every run
    unreadable = lost = cut_short = 0
    whole_again: list[float] = []
    with create_app(load_settings()).app_context():
        for turn in range(kills):
            _change(chance)
            worker = _fork(is_rebuilding=turn % REBUILD_EVERY == 0)
            time.sleep(chance.random() * LONGEST_SECONDS)
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
            unreadable += not _answers()
            cut_short += _waiting() > 0
            start = time.perf_counter()
            while indexer().catch_up():
                pass
            whole_again.append(time.perf_counter() - start)
            lost += not indexer().compare().is_empty
    told = {
        "unreadable": unreadable,
        "lost": lost,
        "cut_short": cut_short,
        "whole_again": whole_again,
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _change(chance: random.Random) -> None:
    """Publish some suggestions and take others back, each with its job."""
    with transaction() as session:
        public = session.scalars(select(Suggestion).where(Suggestion.publicly_visible())).all()
        for row in chance.sample(list(public), k=min(len(public) // 3, CHANGES)):
            row.review_state = ReviewState.DECLINED
            indexing.enqueue_suggestion(session, row.id, now=now())
        for _ in range(CHANGES):
            row = make_suggestion(session, title=f"第{chance.randrange(10**6)}号路灯不亮")
            indexing.enqueue_suggestion(session, row.id, now=now())


def _fork(*, is_rebuilding: bool) -> int:
    """Start a worker; returns its process id."""
    db.engine.dispose()
    search_index().close()
    process = os.fork()
    if process == 0:
        _work(is_rebuilding=is_rebuilding)
    return process


def _work(*, is_rebuilding: bool) -> NoReturn:
    """Carry changes over until killed."""
    while True:
        if is_rebuilding:
            indexer().rebuild()
        indexer().catch_up()


def _waiting() -> int:
    with reading() as session:
        jobs, _ = indexing.waiting(session)
    return jobs


def _answers() -> bool:
    try:
        return search_index().search(ALWAYS_THERE).total > 0
    except IndexUnavailableError:
        return False


if __name__ == "__main__":
    main(int(sys.argv[1]))
