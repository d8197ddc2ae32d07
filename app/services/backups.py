"""Copies of everything that cannot be made again: the database and the portal's own secret.

The index is left out: it is made from the database. A plain copy of an SQLite file under load
misses acknowledged rows, so the database's own backup interface is used.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, make_url

from app.engines.search.in_postgresql.generations import SCHEMA
from app.errors import InvalidInputError, UnreadableDocumentError

MANIFEST = "manifest.json"
SECRET = "secret-key"  # noqa: S105 - a file's name
SQLITE_NAME, POSTGRESQL_NAME = "portal.db", "portal.dump"
FORMAT = 1


@dataclass(frozen=True)
class Restored:
    """What a restored backup says about itself."""

    made_at: str
    files: tuple[str, ...]


def backup(engine: Engine, target: Path, *, instance: Path, now: datetime) -> int:
    """Write database and secret into one archive, whole or not at all; returns its bytes."""
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        database = _dump(engine, folder)
        files = [database]
        if (instance / SECRET).exists():
            shutil.copy2(instance / SECRET, folder / SECRET)
            files.append(folder / SECRET)
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "files": {path.name: _sha256(path) for path in files},
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        part = folder / "archive"
        with tarfile.open(part, "w:gz") as archive:
            for path in (folder / MANIFEST, *files):
                archive.add(path, arcname=path.name)
        part.chmod(0o600)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    return target.stat().st_size


def restore(engine: Engine, source: Path, *, instance: Path) -> Restored:
    """Put a backup's database and secret in place of the present ones, after checking hashes.

    Raises UnreadableDocumentError for what is no whole backup, and InvalidInputError where the
    backup is of the other kind of database.
    """
    with tempfile.TemporaryDirectory(dir=instance) as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        wanted = SQLITE_NAME if engine.dialect.name == "sqlite" else POSTGRESQL_NAME
        if not (folder / wanted).exists():
            raise InvalidInputError("backup", "other_database")
        _load(engine, folder / wanted)
        if (folder / SECRET).exists():
            (folder / SECRET).chmod(0o600)
            (folder / SECRET).replace(instance / SECRET)
    return manifest


def _dump(engine: Engine, folder: Path) -> Path:
    if engine.dialect.name != "sqlite":
        return _dump_postgresql(engine.url, folder / POSTGRESQL_NAME)
    target = folder / SQLITE_NAME
    source = engine.raw_connection()
    copy = sqlite3.connect(target)
    try:
        driver = source.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - narrows the driver's type
        driver.backup(copy)
    finally:
        copy.close()
        source.close()
    return target


def _load(engine: Engine, copy: Path) -> None:
    if engine.dialect.name != "sqlite":
        _run("pg_restore", "--clean", "--if-exists", "--single-transaction", copy, url=engine.url)
        return
    with sqlite3.connect(copy) as opened:
        if opened.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise UnreadableDocumentError(("whole database",))
    opened.close()
    target = engine.raw_connection()
    source = sqlite3.connect(copy)
    try:
        driver = target.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - narrows the driver's type
        source.backup(driver)
    finally:
        source.close()
        target.close()


def _dump_postgresql(url: URL, target: Path) -> Path:
    # The search index is made anew from the rest, and is larger than it.
    _run(
        "pg_dump",
        "--format=custom",
        f"--exclude-schema={SCHEMA}",
        f"--file={target}",
        url=url,
    )
    return target


def _run(program: str, *arguments: str | Path, url: URL) -> None:
    """Run one of PostgreSQL's own programs, its password out of sight of other users."""
    found = shutil.which(program)
    if found is None:
        raise InvalidInputError(program, "not_installed")
    address = make_url(url).set(drivername="postgresql", password=None)
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    done = subprocess.run(  # noqa: S603 - a program found by name, arguments of our own
        [found, f"--dbname={address.render_as_string()}", *map(str, arguments)],
        check=False,
        env=environment,
    )
    if done.returncode:
        # What went wrong the program has said itself; often it is older than the server.
        raise InvalidInputError(program, "failed")


def _unpack(source: Path, folder: Path) -> Restored:
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                _take_out(archive, member, folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = dict(manifest["files"])
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError) as error:
        raise UnreadableDocumentError(("whole archive",)) from error
    broken = [name for name, digest in files.items() if _sha256(folder / name) != digest]
    if manifest.get("format") != FORMAT or broken:
        raise UnreadableDocumentError(tuple(broken) or ("known format",))
    return Restored(str(manifest["made_at"]), tuple(files))


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one of our own files; whatever else an archive holds is passed over."""
    content = archive.extractfile(member) if member.isfile() else None
    if content is not None and member.name in {MANIFEST, SECRET, SQLITE_NAME, POSTGRESQL_NAME}:
        with content, (folder / member.name).open("wb") as file:
            shutil.copyfileobj(content, file)


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
