"""What every post must do; an adapter's test only says how to get one and where its letters arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest

from shared.post.port import Letter, LetterRefused, Post

ARRIVED = Callable[[], Sequence[EmailMessage]]
FROM = "Post of the Pier <post@pier.example>"


def a_letter(**changes: object) -> Letter:
    """A letter in which nothing is wrong."""
    letter = Letter(
        str(UUID(int=7)),
        "ada@home.example",
        "A note for you",
        "There is news for you.\n\nhttps://open.example/" + "a" * 200 + "\n.\n",
        "en-GB",
        datetime(2026, 10, 12, 9, 0, 5, tzinfo=UTC),
    )
    return replace(letter, **changes)  # type: ignore[arg-type]


class PostContract:
    """Inherit, and give fixtures `post` (with FROM as its sender) and `arrived` (what has arrived, oldest first)."""

    def test_a_letter_arrives_as_it_was_written(self, post: Post, arrived: ARRIVED) -> None:
        post.send(a_letter())
        (message,) = arrived()
        assert (message["From"], message["To"]) == (FROM, "ada@home.example")
        assert message["Subject"] == "A note for you"
        assert message.get_content().replace("\r\n", "\n") == a_letter().text
        assert message["Date"].datetime == a_letter().written_at
        assert (message["Content-Language"], message["Auto-Submitted"]) == ("en-GB", "auto-generated")

    @pytest.mark.parametrize("words", ["Mae newyddion i chi – ŵ.\n", "لديك خبر جديد.\n"])
    def test_every_language_arrives(self, post: Post, arrived: ARRIVED, words: str) -> None:
        post.send(a_letter(subject=words.strip(), text=words))
        (message,) = arrived()
        assert message["Subject"] == words.strip()
        assert message.get_content().replace("\r\n", "\n") == words

    def test_the_same_letter_twice_can_be_told_by_its_id(self, post: Post, arrived: ARRIVED) -> None:
        post.send(a_letter())
        post.send(a_letter(text="With another link.\n"))
        post.send(a_letter(id=str(UUID(int=8))))
        ids = [message["Message-ID"] for message in arrived()]
        assert set(ids) == {f"<{UUID(int=7)}@pier.example>", f"<{UUID(int=8)}@pier.example>"}

    @pytest.mark.parametrize(
        "changes",
        [
            {"to": "ada@home.example\r\nBcc: eve@elsewhere.example"},
            {"to": "ada@home.example, eve@elsewhere.example"},
            {"to": "nobody"},
            {"subject": "A note\r\nBcc: eve@elsewhere.example"},
        ],
        ids=["header in the address", "two addresses", "no address", "header in the subject"],
    )
    def test_what_is_no_letter_is_refused_for_good(self, post: Post, arrived: ARRIVED, changes: dict[str, str]) -> None:
        with pytest.raises(LetterRefused) as refused:
            post.send(a_letter(**changes))
        assert "@" not in refused.value.why
        assert list(arrived()) == []

    def test_an_id_cannot_lead_anywhere(self) -> None:
        with pytest.raises(ValueError, match="UUID"):
            a_letter(id="../../etc/passwd")

    def test_nothing_of_a_letter_stands_in_what_is_logged_of_it(self) -> None:
        assert "ada" not in repr(a_letter())
        assert "news" not in repr(a_letter())

    def test_forgetting_what_was_never_sent_does_no_harm(self, post: Post, arrived: ARRIVED) -> None:
        post.send(a_letter())
        post.forget(str(UUID(int=9)))
        assert len(arrived()) == 1
