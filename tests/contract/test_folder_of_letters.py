"""A folder of letters keeps the contract of a post."""

from __future__ import annotations

import errno
import os
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from shared.backends import folder_of_letters, open_post
from shared.post.folder import FolderOfLetters
from shared.post.port import PostAway
from shared.post.written import sender
from shared.runtime.settings import Settings, SettingsRefused
from tests.contract.post_contract import ARRIVED, FROM, PostContract, a_letter


class TestFolderOfLetters(PostContract):
    @pytest.fixture
    def post(self, tmp_path: Path) -> FolderOfLetters:
        return FolderOfLetters(tmp_path / "letters", sender(FROM))

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> ARRIVED:
        def read() -> list[EmailMessage]:
            paths = sorted((tmp_path / "letters").glob("*")) if (tmp_path / "letters").exists() else []
            return [message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default) for path in paths]

        return read

    def test_only_their_owner_reads_them(self, post: FolderOfLetters) -> None:
        post.send(a_letter())
        (path,) = post.folder.iterdir()
        assert oct(post.folder.stat().st_mode)[-3:] == "700"
        assert oct(path.stat().st_mode)[-3:] == "600"

    def test_the_same_letter_takes_its_own_place(self, post: FolderOfLetters) -> None:
        post.send(a_letter())
        post.send(a_letter(text="With another link.\n"))
        (lying,) = post.lying(10)
        assert (lying.id, lying.text) == (str(UUID(int=7)), "With another link.\n")

    def test_a_forgotten_letter_is_gone(self, post: FolderOfLetters) -> None:
        post.send(a_letter())
        post.send(a_letter(id=str(UUID(int=8))))
        post.forget(str(UUID(int=7)))
        assert [one.id for one in post.lying(10)] == [str(UUID(int=8))]

    def test_a_letter_that_found_no_room_leaves_nothing(
        self, post: FolderOfLetters, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(handle: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(PostAway):
            post.send(a_letter())
        assert list(post.folder.iterdir()) == []

    def test_what_a_killed_process_left_of_a_letter_goes_with_it(self, post: FolderOfLetters) -> None:
        post.folder.mkdir()
        (post.folder / f".{UUID(int=7)}").write_text("Dear")
        post.forget(str(UUID(int=7)))
        assert list(post.folder.iterdir()) == []

    def test_a_folder_that_cannot_be_is_away(self, tmp_path: Path) -> None:
        (tmp_path / "letters").write_text("a file")
        with pytest.raises(PostAway):
            FolderOfLetters(tmp_path / "letters").send(a_letter())

    def test_an_empty_folder_has_nothing_lying(self, tmp_path: Path) -> None:
        assert FolderOfLetters(tmp_path / "not yet").lying(10) == []


def test_the_folder_is_chosen_by_url(tmp_path: Path) -> None:
    usual = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    assert open_post(usual) == open_post(usual) or isinstance(open_post(usual), FolderOfLetters)
    folder = folder_of_letters(usual)
    assert folder is not None
    assert folder.folder == tmp_path / "letters"
    named = Settings.from_env({"OPENDOOR_MAIL": f"file://{tmp_path}/out?from=Pier+%3Cpost%40pier.example%3E"})
    there = folder_of_letters(named)
    assert there is not None
    assert (there.folder, str(there.from_)) == (tmp_path / "out", "Pier <post@pier.example>")
    with pytest.raises(SettingsRefused, match="from must be an address"):
        open_post(Settings.from_env({"OPENDOOR_MAIL": f"file://{tmp_path}/out?from=nobody"}))
    with pytest.raises(SettingsRefused, match="must be file, smtp or smtps"):
        open_post(Settings.from_env({"OPENDOOR_MAIL": "imap://somewhere"}))
