"""One plain sentence for each thing that must be right before anything starts."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from services.embedded import checks
from services.embedded.checks import CannotStart, claim_folder, claim_port, read_settings


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "GRACE_SECONDS", 0.0)


def sentence(refused: pytest.ExceptionInfo[CannotStart]) -> str:
    (said,) = refused.value.sentences
    return said


def test_a_new_folder_is_made_and_given_its_keys(tmp_path: Path) -> None:
    settings = read_settings({"OPENDOOR_DATA": str(tmp_path / "some" / "where")})
    assert len(settings.signing_key) >= 32
    assert len(settings.identity_key) >= 32
    assert settings.data.stat().st_mode & 0o077 == 0  # nobody else looks into it
    assert read_settings({"OPENDOOR_DATA": str(tmp_path / "some" / "where")}).signing_key == settings.signing_key


@pytest.mark.parametrize("name", ["signing.key", "identity.key"])
def test_a_key_that_a_power_cut_left_empty_is_not_started_with_and_not_replaced(tmp_path: Path, name: str) -> None:
    read_settings({"OPENDOOR_DATA": str(tmp_path)})
    (tmp_path / "keys" / name).write_bytes(b"")
    with pytest.raises(CannotStart) as refused:
        read_settings({"OPENDOOR_DATA": str(tmp_path)})
    assert f"{name} is empty or cut short: put it back from a backup" in sentence(refused)
    assert (tmp_path / "keys" / name).read_bytes() == b""


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CannotStart) as refused:
        read_settings({"OPENDOOR_DATA": str(tmp_path / "file")})
    assert "cannot be written" in sentence(refused)
    assert "OPENDOOR_DATA" in sentence(refused)


def test_a_folder_of_a_newer_version(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("99\n")
    with pytest.raises(CannotStart) as refused:
        read_settings({"OPENDOOR_DATA": str(tmp_path)})
    assert "newer version" in sentence(refused)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["VERSION"]


def test_a_version_file_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("later")
    with pytest.raises(CannotStart) as refused:
        read_settings({"OPENDOOR_DATA": str(tmp_path)})
    assert "VERSION" in sentence(refused)


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refused:
        read_settings({"OPENDOOR_DATA": str(tmp_path), "OPENDOOR_BIND": "nowhere", "OPENDOOR_DEMO": "perhaps"})
    assert len(refused.value.sentences) == 2


def test_a_folder_in_use(tmp_path: Path) -> None:
    turn = claim_folder(tmp_path)
    with pytest.raises(CannotStart) as refused:
        claim_folder(tmp_path)
    assert "already running" in sentence(refused)
    turn.give_back()
    claim_folder(tmp_path).give_back()


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart) as refused:
            claim_port("127.0.0.1", port)
    assert f"Port {port}" in sentence(refused)
    assert "taken" in sentence(refused)


def test_an_address_this_machine_does_not_have() -> None:
    with pytest.raises(CannotStart) as refused:
        claim_port("192.0.2.1", 8000)
    assert "OPENDOOR_BIND" in sentence(refused)


def test_a_free_port_is_ours() -> None:
    with claim_port("127.0.0.1", 0) as mine:
        assert mine.getsockname()[1] > 0
