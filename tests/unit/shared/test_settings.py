"""Settings say everything that is wrong at once, and make nothing while they are read."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.runtime.settings import Settings, SettingsRefused, make_keys


def test_defaults_are_the_embedded_set(tmp_path: Path) -> None:
    settings = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    assert (settings.bind_host, settings.bind_port, settings.demo) == ("127.0.0.1", 8000, True)
    assert settings.intake_database == f"sqlite:///{tmp_path}/intake.db"
    assert settings.objects == f"file://{tmp_path}/objects"


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    environ = {
        "OPENDOOR_DATA": str(tmp_path),
        "OPENDOOR_BIND": "nowhere",
        "OPENDOOR_DEMO": "perhaps",
        "OPENDOOR_PHOTO_BYTES": "-4",
        "OPENDOOR_SIGNING_KEY": "short",
    }
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(environ)
    assert len(refused.value.faults) == 4
    assert all(fault.startswith("OPENDOOR_") and fault.endswith(".") for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("PUBLIC_URL", "opendoor.example.org"),
        ("PUBLIC_URL", "ftp://opendoor.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://[opendoor"),
        ("PUBLIC_URL", "https://opendoor.example.org:door"),
        ("ORIGINAL_DAYS", "99999999"),
        ("VOICE_DAYS", "99999999999"),
    ],
)
def test_what_would_only_fail_later_is_refused_before_anything_starts(tmp_path: Path, name: str, given: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env({"OPENDOOR_DATA": str(tmp_path), f"OPENDOOR_{name}": given})
    assert [fault.split()[0] for fault in refused.value.faults] == [f"OPENDOOR_{name}"]


def test_an_address_in_capital_letters_is_encrypted_all_the_same(tmp_path: Path) -> None:
    given = {"OPENDOOR_DATA": str(tmp_path), "OPENDOOR_PUBLIC_URL": "HTTPS://opendoor.example.org"}
    assert Settings.from_env(given).public_url == "https://opendoor.example.org"


def test_reading_makes_nothing(tmp_path: Path) -> None:
    Settings.from_env({"OPENDOOR_DATA": str(tmp_path / "not-yet")})
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    make_keys(tmp_path)
    first = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    make_keys(tmp_path)
    again = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    assert first.signing_key == again.signing_key
    assert first.signing_key != first.identity_key
    assert {oct((tmp_path / "keys" / n).stat().st_mode)[-3:] for n in ("signing.key", "identity.key")} == {"600"}
    assert first.signing_key.decode() not in repr(first)


def test_many_that_begin_together_read_one_key(tmp_path: Path) -> None:
    def begin(_: int) -> bytes:
        make_keys(tmp_path)
        return Settings.from_env({"OPENDOOR_DATA": str(tmp_path)}).signing_key

    with ThreadPoolExecutor(8) as pool:
        read = set(pool.map(begin, range(32)))
    assert len(read) == 1
    assert len(read.pop()) == 64
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == ["identity.key", "signing.key"]


def test_every_setting_is_documented() -> None:
    root = Path(__file__).resolve().parents[3]
    code = (root / "shared/runtime/settings.py").read_text()
    page = (root / "docs/settings.md").read_text()
    names = {word.strip('"') for word in code.replace(",", " ").replace(")", " ").split() if '"OPENDOOR_' in word}
    names = {name[name.index("OPENDOOR_") :].rstrip('"') for name in names}
    assert names
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_every_number_and_word_that_the_page_calls_the_default_is_it(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/settings.md").read_text()
    said = re.findall(r"^\| `OPENDOOR_(\w+)` \| ([^|]+) \|", page, re.MULTILINE)
    settings = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    held = 0
    for name, default in said:
        value = getattr(settings, name.lower(), None)
        if isinstance(value, int):
            assert int(default.replace(",", "").strip("`")) == value, name
            held += 1
        elif "DATA/" in default and isinstance(value, str):
            assert default.strip("`").replace("DATA", str(tmp_path)) == value, name
            held += 1
    assert held >= 16
