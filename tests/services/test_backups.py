"""What a backup holds can be put back; what is no backup is refused and changes nothing."""

import tarfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import UnreadableDocumentError
from app.models import Suggestion
from app.resources import engine, now, reading, settings, transaction
from app.services import backups
from tests.factories import make_suggestion


def _count() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Suggestion)) or 0


def _backup(path: Path) -> Path:
    backups.backup(engine(), path, instance=settings().instance_dir, now=now())
    return path


def test_what_was_saved_comes_back(app: Flask, tmp_path: Path) -> None:
    secret = settings().instance_dir / backups.SECRET
    secret.write_text("first", encoding="ascii")
    with transaction() as session:
        make_suggestion(session, title="备份之前写的建议")
    saved = _backup(tmp_path / "saved.tgz")
    with transaction() as session:
        make_suggestion(session, title="备份之后写的建议")
    secret.write_text("second", encoding="ascii")
    backups.restore(engine(), saved, instance=settings().instance_dir)
    assert _count() == 1
    assert secret.read_text(encoding="ascii") == "first"


def test_a_backup_is_readable_to_its_owner_only(app: Flask, tmp_path: Path) -> None:
    saved = _backup(tmp_path / "saved.tgz")
    assert saved.stat().st_mode & 0o077 == 0


def test_the_index_is_no_part_of_a_backup(app: Flask, tmp_path: Path) -> None:
    with tarfile.open(_backup(tmp_path / "saved.tgz")) as archive:
        assert set(archive.getnames()) <= {backups.MANIFEST, backups.SQLITE_NAME, backups.SECRET}


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty"])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    app: Flask, tmp_path: Path, damage: str
) -> None:
    saved = _backup(tmp_path / "saved.tgz")
    with transaction() as session:
        make_suggestion(session)
    content = saved.read_bytes()
    middle = len(content) // 2
    changed = {
        "cut": content[:middle],
        "garbled": content[:middle] + b"\x00" * 64 + content[middle + 64 :],
        "empty": b"",
    }[damage]
    saved.write_bytes(changed)
    with pytest.raises(UnreadableDocumentError):
        backups.restore(engine(), saved, instance=settings().instance_dir)
    assert _count() == 1


def test_an_archive_of_something_else_is_refused(app: Flask, tmp_path: Path) -> None:
    other = tmp_path / "other.tgz"
    (tmp_path / "note.txt").write_text("你好", encoding="utf-8")
    with tarfile.open(other, "w:gz") as archive:
        archive.add(tmp_path / "note.txt", arcname="note.txt")
    with pytest.raises(UnreadableDocumentError):
        backups.restore(engine(), other, instance=settings().instance_dir)


def test_an_archive_cannot_write_outside_of_its_folder(app: Flask, tmp_path: Path) -> None:
    saved = _backup(tmp_path / "saved.tgz")
    evil = tmp_path / "evil.tgz"
    with tarfile.open(saved) as before, tarfile.open(evil, "w:gz") as archive:
        for member in before:
            archive.addfile(member, before.extractfile(member))
        archive.add(saved, arcname="../escaped")
        archive.add(saved, arcname=str(tmp_path / "escaped"))
    backups.restore(engine(), evil, instance=settings().instance_dir)
    assert not (settings().instance_dir / "escaped").exists()
    assert not (tmp_path / "escaped").exists()
