"""Tokens and links prove a person, for one purpose, until they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.access.credentials import Credential, CredentialRefused, Purpose, issue, read
from shared.access.volunteer_key import volunteer_key

KEY = b"k" * 40
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
GOOD = Credential("person-1", "credential-1", NOW + timedelta(days=1))


def test_a_token_comes_back_as_it_was_made() -> None:
    assert read(KEY, Purpose.TOKEN, issue(KEY, Purpose.TOKEN, GOOD), NOW) == GOOD


@pytest.mark.parametrize(
    ("text", "key", "purpose", "when"),
    [
        (issue(KEY, Purpose.TOKEN, GOOD), KEY, Purpose.LINK, NOW),
        (issue(KEY, Purpose.TOKEN, GOOD), b"x" * 40, Purpose.TOKEN, NOW),
        (issue(KEY, Purpose.TOKEN, GOOD)[:-1], KEY, Purpose.TOKEN, NOW),
        (issue(KEY, Purpose.TOKEN, GOOD), KEY, Purpose.TOKEN, GOOD.expires),
        ("", KEY, Purpose.TOKEN, NOW),
        ("WzFd.x", KEY, Purpose.TOKEN, NOW),
        ("\x00\ud800", KEY, Purpose.TOKEN, NOW),
    ],
)
def test_anything_else_is_refused_in_one_way(text: str, key: bytes, purpose: Purpose, when: datetime) -> None:
    with pytest.raises(CredentialRefused):
        read(key, purpose, text, when)


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="signing key"):
        issue(b"", Purpose.TOKEN, GOOD)


def test_a_volunteer_is_somebody_else_in_every_exercise() -> None:
    one = volunteer_key(KEY, "exercise-1", "person-1")
    assert one == volunteer_key(KEY, "EXERCISE-1", "Person-1")
    others = {volunteer_key(KEY, "exercise-2", "person-1"), volunteer_key(KEY, "exercise-1", "person-2")}
    others.add(volunteer_key(b"x" * 40, "exercise-1", "person-1"))
    assert len(others | {one}) == 4
    assert "person-1" not in one


def test_a_volunteer_cannot_be_hashed_without_the_key() -> None:
    with pytest.raises(ValueError, match="identity key"):
        volunteer_key(b"", "exercise-1", "person-1")
