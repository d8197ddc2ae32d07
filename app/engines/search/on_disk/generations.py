"""Where the index lies: one directory a generation, a pointer to the one in use, and one lock.

A generation is a cache made from the database. It is never repaired and never copied; a new one is
built beside it and the pointer moved.
"""

import contextlib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from app.engines.search.analysis import Analyser
from app.engines.search.on_disk.schema import LAYOUT
from app.errors import IndexUnavailableError

POINTER = "current"
LOCK = "write.lock"
WORDS = "words.txt"
ASIDE = "bad-"
PRIVATE = 0o700
LOCK_POLL_SECONDS = 0.02

_NAME = re.compile(r"g\d{6,12}")
# Earlier versions noted the analyser's digest alone.
_STAMP = re.compile(r"(?:\d+ )?[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Generations:
    """The directory that holds the generations."""

    root: Path

    def current(self) -> Path:
        """Return the directory in use, or raise IndexUnavailableError."""
        try:
            name = (self.root / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise IndexUnavailableError("missing") from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexUnavailableError("corrupt") from error
        if not _NAME.fullmatch(name):
            raise IndexUnavailableError("corrupt")
        return self.root / name

    def make_next(self) -> Path:
        """Return a new, empty directory that nobody points to yet."""
        names = (path.name.removeprefix(ASIDE) for path in (*self._all(), *self._aside()))
        last = max((int(name[1:]) for name in names), default=0)
        directory = self.root / f"g{last + 1:06d}"
        directory.mkdir(mode=PRIVATE)
        return directory

    def point_to(self, directory: Path) -> None:
        """Let readers use this directory from now on; they see the old one or the new, whole."""
        draft = self.root / f"{POINTER}.new"
        with draft.open("w", encoding="ascii") as file:
            file.write(directory.name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.root / POINTER)

    def sweep(self, *, keep: Path) -> None:
        """Remove every other generation, but not the one set aside.

        Who still reads a removed one keeps its open files.
        """
        for path in self._all():
            if path != keep:
                shutil.rmtree(path, ignore_errors=True)
        (self.root / f"{POINTER}.new").unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Rename the generation in use so that nobody uses it; only the latest is kept so.

        Where the pointer names none there is nothing to keep.
        """
        with contextlib.suppress(IndexUnavailableError):
            directory = self.current()
            if not directory.is_dir():
                return
            for path in self._aside():
                shutil.rmtree(path, ignore_errors=True)
            (self.root / POINTER).unlink()
            directory.rename(self.root / f"{ASIDE}{directory.name}")

    @contextlib.contextmanager
    def writing(self, *, timeout: float) -> Iterator[None]:
        """Be the one writer, or raise IndexUnavailableError("busy") after the time is up.

        The lock is the system's and falls with the process that holds it, however that ends.
        """
        with self._open_lock() as file:
            _wait_for(file.fileno(), deadline=time.monotonic() + timeout)
            yield

    def _open_lock(self) -> IO[str]:
        try:
            self.root.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            return (self.root / LOCK).open("a")
        except OSError as error:
            raise IndexUnavailableError("unwritable") from error

    def _all(self) -> list[Path]:
        return [path for path in self.root.iterdir() if _NAME.fullmatch(path.name)]

    def _aside(self) -> list[Path]:
        return [
            path
            for path in self.root.iterdir()
            if path.name.startswith(ASIDE) and _NAME.fullmatch(path.name.removeprefix(ASIDE))
        ]


def _wait_for(descriptor: int, *, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise IndexUnavailableError("busy") from error
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return


def write_words(directory: Path, analyser: Analyser) -> None:
    """Note in a generation which analyser it is made with."""
    lines = (_stamp(analyser), *analyser.words)
    (directory / WORDS).write_text("\n".join(lines), encoding="utf-8")


def analyser_of(directory: Path) -> Analyser:
    """Return the analyser that a generation was made with, or raise IndexUnavailableError.

    `outdated` is one made by another version of the portal, which took texts apart, or laid the
    files out, in another way.
    """
    try:
        stamp, *words = (directory / WORDS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise IndexUnavailableError("corrupt") from error
    analyser = _analyser(tuple(words))
    if stamp != _stamp(analyser):
        raise IndexUnavailableError("outdated" if _STAMP.fullmatch(stamp) else "corrupt")
    return analyser


def _stamp(analyser: Analyser) -> str:
    return f"{LAYOUT} {analyser.version}"


@lru_cache(maxsize=2)
def _analyser(words: tuple[str, ...]) -> Analyser:
    return Analyser(words)
