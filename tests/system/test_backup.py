"""A backup taken while everything moves comes back whole: every visit acknowledged before it, and no ghost of one."""

from __future__ import annotations

import errno
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from services.cli import main
from services.embedded.archive import BackupRefused
from services.embedded.backup import back_up
from services.embedded.prepare import prepare
from services.embedded.restore import restore
from services.intake.use_cases import people
from shared.messaging.trouble import TryLater
from shared.messaging.turn import Turn
from shared.runtime.settings import make_keys
from shared.storage.sqlite_copy import copy_database
from tests.service.intake.plans import EXERCISE, SITE, an_id
from tests.service.intake.visiting import a_jpeg, a_visit, listing, the_plan, voice_listing
from tests.system import System
from tests.unit.intake.sounds import a_webm

VOLUNTEERS = ("volunteer-1", "volunteer-2")


class Running:
    """A system in fieldwork that takes in visits with photos."""

    def __init__(self, folder: Path) -> None:
        make_keys(folder)
        (folder / "VERSION").write_text("1\n")
        self.system = System(folder)
        self.system.clock.move(timedelta(days=7))
        self.tokens = self.system.plan(the_plan())
        moved = self._call("post", f"/api/intake/v1/exercises/{EXERCISE}/stage", "lead", json={"to": "fieldwork"})
        assert moved.status_code == 200, moved.text
        self.system.drain()
        self.acknowledged: dict[str, str] = {}

    def _call(self, method: str, path: str, who: str, service: str = "intake", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[an_id(who)]}"}
        return self.system.client(service).open(path, method=method.upper(), headers=headers, **more)

    def send(self) -> None:
        """One visit with one photo and one voice note, all acknowledged."""
        who = VOLUNTEERS[len(self.acknowledged) % 2]
        photo = a_jpeg(shade=len(self.acknowledged) % 256)
        sound = a_webm(1 + len(self.acknowledged) % 100)
        listed, said, visit_id = listing(photo), voice_listing(sound), str(uuid4())
        path = f"/api/intake/v1/visits/{visit_id}"
        assert self._call("put", path, who, json=a_visit(photos=[listed], voice_notes=[said])).status_code == 201
        sent = self._call("put", f"{path}/photos/{listed['photo_id']}", who, data=photo, content_type="image/jpeg")
        assert sent.status_code in (200, 201), sent.text
        told = self._call("put", f"{path}/voice-notes/{said['voice_id']}", who, data=sound, content_type="audio/webm")
        assert told.status_code in (200, 201), told.text
        self.acknowledged[visit_id] = who

    def work_once(self) -> None:
        """Every job has one turn."""
        for job in self.system.jobs:
            try:
                job.run_once()
            except TryLater:
                continue

    def state_of(self, visit_id: str, who: str) -> str:
        """What the receipt says; `unknown` when there is none."""
        answer = self._call("get", f"/api/intake/v1/visits/{visit_id}/receipt", who)
        return "unknown" if answer.status_code == 404 else str(answer.json["state"])

    def answers(self) -> dict[str, bytes]:
        """What the services say about it all, to the byte."""
        site = f"/api/assessment/v1/exercises/{EXERCISE}/sites/{SITE}"
        asked = [("assessment", f"{site}/waves/1", "lead"), ("assessment", f"{site}/findings?limit=200", "lead")]
        asked += [("reporting", "/api/reporting/v1/me/changes?limit=200", who) for who in VOLUNTEERS]
        return {f"{path} {who}": self._call("get", path, who, service).data for service, path, who in asked}

    def counted(self) -> int:
        """How many visits assessment has counted."""
        path = f"/api/assessment/v1/exercises/{EXERCISE}/sites/{SITE}/waves/1"
        return int(self._call("get", path, "lead", "assessment").json["visits"])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path / "data")
    yield started
    started.system.close()


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Running]]:
    """Open a folder that was restored, with the people of the first one."""
    kept: list[System] = []

    def open_(folder: Path) -> Running:
        again = Running.__new__(Running)
        again.system = System(folder)
        again.system.clock.move(timedelta(days=8))
        kept.append(again.system)
        again.tokens = people.create_tokens(again.system.intake, [one["id"] for one in the_plan()["people"]])
        return again

    yield open_
    for system in kept:
        system.close()


def opendoor(folder: Path, *words: str) -> Result:
    result = CliRunner().invoke(main, words, env={"OPENDOOR_DATA": str(folder), "OPENDOOR_DEMO": "0"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_what_comes_back_answers_the_same_to_the_byte(
    running: Running, opened: Callable[[Path], Running], tmp_path: Path
) -> None:
    for _ in range(4):
        running.send()
    running.system.drain()
    file, folder = tmp_path / "kept.tar", tmp_path / "new"
    done = opendoor(tmp_path / "data", "backup", str(file))
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0
    back = opendoor(folder, "restore", str(file))
    assert back.exit_code == 0, back.output
    assert {(folder / "keys" / name).stat().st_mode & 0o077 for name in ("signing.key", "identity.key")} == {0}
    assert (folder / "keys/identity.key").read_text() == (tmp_path / "data/keys/identity.key").read_text()
    again = opened(folder)
    assert again.answers() == running.answers()
    assert "unaltered" in opendoor(folder, "verify").output
    again.system.drain()
    assert again.answers() == running.answers()
    assert not (tmp_path / "data" / "backup-unfinished").exists()


def test_a_backup_in_the_middle_of_everything_loses_nothing_and_invents_nothing(
    running: Running, opened: Callable[[Path], Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.send()
    running.work_once()
    running.send()
    before = dict(running.acknowledged)

    def copy_while_all_goes_on(source: Path, target: Path) -> None:
        running.send()
        for _ in range(3):
            running.work_once()
        copy_database(source, target)
        running.send()
        for _ in range(3):
            running.work_once()

    monkeypatch.setattr("services.embedded.backup.copy_database", copy_while_all_goes_on)
    file = tmp_path / "kept.tar"
    done = back_up(running.system.settings, running.system.services, file)
    assert done.faults == ()
    folder, keys = restore(file, {"OPENDOOR_DATA": str(tmp_path / "new")})
    assert keys
    again = opened(folder)
    again.system.drain()
    states = {visit_id: again.state_of(visit_id, who) for visit_id, who in running.acknowledged.items()}
    assert {states[visit_id] for visit_id in before} == {"processed"}
    assert set(states.values()) <= {"processed", "receiving", "unknown"}
    assert again.counted() == list(states.values()).count("processed")
    for service in again.system.services.values():
        for key, sha256 in service.stored_objects():
            assert service.objects.head(key).sha256 == sha256


def test_an_object_erased_while_databases_are_copied_is_in_the_backup_all_the_same(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.send()
    running.system.drain()

    def copy_then_erase(source: Path, target: Path) -> None:
        copy_database(source, target)
        if target.name == "reporting.db":
            running.system.clock.move(timedelta(days=30))
            running.work_once()

    monkeypatch.setattr("services.embedded.backup.copy_database", copy_then_erase)
    done = back_up(running.system.settings, running.system.services, tmp_path / "kept.tar")
    assert (done.objects, done.faults) == (4, ())
    assert list(running.system.intake.objects.keys("originals/")) == []


def test_a_missing_object_is_told_and_everything_else_is_kept(running: Running, tmp_path: Path) -> None:
    running.send()
    running.system.drain()
    (gone,) = running.system.intake.objects.keys("originals/")
    running.system.intake.objects.delete(gone)
    told = opendoor(tmp_path / "data", "backup", str(tmp_path / "kept.tar"))
    assert (told.exit_code, f"{gone} is missing" in told.output) == (1, True)
    assert opendoor(tmp_path / "new", "restore", str(tmp_path / "kept.tar")).exit_code == 0


def test_what_a_killed_backup_left_goes_at_the_next_start_but_not_while_one_is_made(running: Running) -> None:
    left = running.system.settings.data / "backup-unfinished" / "objects"
    left.mkdir(parents=True)
    made_now = Turn(running.system.settings.data / "turns" / "backup")
    assert made_now.take()
    prepare(running.system.settings)
    assert left.exists()
    made_now.give_back()
    prepare(running.system.settings)
    assert not left.parent.exists()


def test_nothing_is_overwritten(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    assert opendoor(tmp_path / "data", "backup", str(file)).exit_code == 0
    kept = file.read_bytes()
    assert "already" in opendoor(tmp_path / "data", "backup", str(file)).output
    assert "not empty" in opendoor(tmp_path / "data", "restore", str(file)).output
    assert file.read_bytes() == kept


def test_a_stick_whose_files_have_one_name_each_takes_a_backup_too(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_name_only(source: Path, target: Path, **more: Any) -> None:
        if str(target).endswith(".tar"):
            raise PermissionError(errno.EPERM, "Operation not permitted", str(source))
        link(source, target, **more)

    link, file = os.link, tmp_path / "kept.tar"
    monkeypatch.setattr(os, "link", one_name_only)
    assert opendoor(tmp_path / "data", "backup", str(file)).exit_code == 0
    made = file.read_bytes()
    refused = opendoor(tmp_path / "data", "backup", str(file))
    assert (refused.exit_code, "already" in refused.output, file.read_bytes() == made) == (1, True, True)
    nowhere = opendoor(tmp_path / "data", "backup", str(tmp_path / "nowhere" / "kept.tar"))
    assert nowhere.output == f"Error: {tmp_path / 'nowhere' / 'kept.tar'}: No such file or directory.\n"
    assert [one.name for one in tmp_path.iterdir() if "tar" in one.name] == ["kept.tar"]


def altered(file: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The same backup with its files put through `change`; None leaves one out."""
    other = file.with_name("altered.tar")
    with tarfile.open(file) as old, tarfile.open(other, "w") as new:
        for entry in old:
            body = old.extractfile(entry)
            assert body is not None
            made = change(entry.name, body.read())
            if made is not None:
                entry.name, entry.size = made[0], len(made[1])
                new.addfile(entry, io.BytesIO(made[1]))
    return other


CHANGES: dict[str, Callable[[str, bytes], tuple[str, bytes] | None]] = {
    "a byte of a database": lambda n, b: (n, b[:-1] + b"!") if n == "intake.db" else (n, b),
    "a byte of a photo": lambda n, b: (n, b + b"!") if n.startswith("objects/originals") else (n, b),
    "a photo left out": lambda n, b: None if n.startswith("objects/photos") else (n, b),
    "no list of hashes": lambda n, b: None if n == "manifest.json" else (n, b),
    "a list of hashes that is none": lambda n, b: (n, b"[]") if n == "manifest.json" else (n, b),
    "a later format": lambda n, b: (
        (n, json.dumps({"format": 2, "files": {}}).encode()) if n == "manifest.json" else (n, b)
    ),
    "a way out of the folder": lambda n, b: ("objects/../../x", b) if n.startswith("objects/photos") else (n, b),
    "a stranger": lambda n, b: ("turns/everything", b) if n == "VERSION" else (n, b),
    "a newer version": lambda n, b: (n, b"99\n") if n == "VERSION" else (n, b),
}


@pytest.mark.parametrize("what", list(CHANGES))
def test_a_backup_that_is_not_as_it_was_made_brings_nothing_back(made_once: Path, what: str, tmp_path: Path) -> None:
    refused = opendoor(tmp_path / "new", "restore", str(altered(made_once, CHANGES[what])))
    assert refused.exit_code == 1, refused.output
    assert list((tmp_path / "new").iterdir()) == []


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    source = Running(folder / "data")
    source.send()
    source.system.drain()
    back_up(source.system.settings, source.system.services, folder / "kept.tar")
    source.system.close()
    return folder / "kept.tar"


def test_a_file_that_is_no_backup_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"hello")
    told = opendoor(tmp_path / "new", "restore", str(tmp_path / "x.tar"))
    assert (told.exit_code, "no backup" in told.output) == (1, True)


def test_the_big_machinery_is_left_to_its_own_tools(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.tar"
    assert opendoor(tmp_path / "data", "backup", str(file)).exit_code == 0
    monkeypatch.setenv("OPENDOOR_OBJECTS", "s3://photos")
    assert "leave out the settings" in opendoor(tmp_path / "new", "restore", str(file)).output
    with pytest.raises(BackupRefused):
        restore(file, {"OPENDOOR_DATA": str(tmp_path / "new"), "OPENDOOR_EVENT_LOG": "kafka://x:1"})


def test_a_copy_is_of_one_moment(tmp_path: Path) -> None:
    source = tmp_path / "a.db"
    writer = sqlite3.connect(source, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE t (n INTEGER)")
    writer.execute("INSERT INTO t VALUES (1)")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO t VALUES (2)")
    copy_database(source, tmp_path / "b.db")
    writer.execute("COMMIT")
    copy = sqlite3.connect(tmp_path / "b.db")
    assert copy.execute("SELECT n FROM t").fetchall() == [(1,)]
    copy.close()
    writer.close()
    with pytest.raises(FileNotFoundError):
        copy_database(tmp_path / "none.db", tmp_path / "c.db")
    with pytest.raises(FileExistsError):
        copy_database(source, tmp_path / "b.db")
