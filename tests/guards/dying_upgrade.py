"""Upgrades the database and dies at the statement of the number given, as a power cut would.

Run as `python -m tests.guards.dying_upgrade NUMBER`; not a test itself.
"""

import itertools
import os
import sys

from flask_migrate import upgrade
from sqlalchemy import Engine, event

from app.factory import create_app
from config import load_settings

DIED = 87


def main(fatal: int) -> None:
    """Upgrade to head unless the fatal statement comes first; prints how many there were."""
    counter = itertools.count(1)
    last = 0

    def die(*_: object) -> None:
        nonlocal last
        last = next(counter)
        if last == fatal:
            os._exit(DIED)

    event.listen(Engine, "before_cursor_execute", die)
    with create_app(load_settings()).app_context():
        upgrade()
    sys.stdout.write(f"{last}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
