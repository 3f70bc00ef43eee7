"""A mail server keeps the contract of a post, and a letter never travels where its way was not checked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from shared.backends import folder_of_letters, open_post
from shared.post.port import LetterRefused, PostAway, TryAgain
from shared.post.smtp import SmtpServer
from shared.runtime.settings import Settings, SettingsRefused
from tests.contract.mail_server import SECRET, USER, Kept, mail_server
from tests.contract.post_contract import ARRIVED, FROM, PostContract, a_letter

WAYS = {"always": "smtps", "starttls": "smtp", "never": "smtp"}


@pytest.fixture
def kept() -> Kept:
    return Kept()


def url(tls: str, port: int, trusted: Path | None, secret: str = SECRET) -> str:
    """The setting for that server."""
    more = f"&ca={quote(str(trusted))}" if trusted else ""
    more += "&starttls=0" if tls == "never" else ""
    who = "" if tls == "never" else f"{quote(USER, safe='')}:{quote(secret, safe='')}@"
    return f"{WAYS[tls]}://{who}localhost:{port}?from={quote(FROM)}{more}"


class TestSmtp(PostContract):
    @pytest.fixture(params=list(WAYS))
    def post(self, request: pytest.FixtureRequest, kept: Kept, tmp_path: Path) -> Iterator[SmtpServer]:
        with mail_server(kept, tmp_path, request.param) as (port, trusted):
            yield SmtpServer.at(url(request.param, port, trusted))

    @pytest.fixture
    def arrived(self, kept: Kept) -> ARRIVED:
        return lambda: kept.letters

    def test_it_reaches_only_whom_it_is_for_by_the_way_that_was_asked_for(self, post: SmtpServer, kept: Kept) -> None:
        post.send(a_letter())
        assert kept.recipients == [["ada@home.example"]]
        assert kept.encrypted == [post.tls != "never"]

    def test_no_to_an_address_is_for_good_and_later_is_later(self, post: SmtpServer, kept: Kept) -> None:
        kept.refuse_address = "550 ada@home.example is unknown"
        with pytest.raises(LetterRefused) as refused:
            post.send(a_letter())
        assert refused.value.why == "The mail server did not take the address (550)."
        kept.refuse_address = "451 greylisted, come back"
        with pytest.raises(TryAgain):
            post.send(a_letter())
        kept.refuse_address, kept.refuse_letter = "", "554 no"
        with pytest.raises(LetterRefused):
            post.send(a_letter())
        kept.refuse_letter = "452 full"
        with pytest.raises(TryAgain):
            post.send(a_letter())
        kept.refuse_letter = ""
        post.send(a_letter())
        assert len(kept.letters) == 1


@pytest.mark.parametrize("tls", ["always", "starttls"])
class TestTheWayIsChecked:
    def test_a_certificate_that_nobody_vouches_for(self, kept: Kept, tmp_path: Path, tls: str) -> None:
        with mail_server(kept, tmp_path, tls) as (port, _), pytest.raises(PostAway, match="certificate"):
            SmtpServer.at(url(tls, port, None)).send(a_letter())
        assert kept.letters == []

    def test_a_certificate_of_another_server(self, kept: Kept, tmp_path: Path, tls: str) -> None:
        with (
            mail_server(kept, tmp_path, tls, name="elsewhere.example") as (port, trusted),
            pytest.raises(PostAway, match="certificate"),
        ):
            SmtpServer.at(url(tls, port, trusted)).send(a_letter())
        assert kept.letters == []

    def test_a_server_that_does_not_know_us(self, kept: Kept, tmp_path: Path, tls: str) -> None:
        with mail_server(kept, tmp_path, tls) as (port, trusted), pytest.raises(PostAway, match="name and secret"):
            SmtpServer.at(url(tls, port, trusted, secret="wrong")).send(a_letter())
        assert kept.letters == []


def test_a_server_without_encryption_gets_nothing_unless_told_so(kept: Kept, tmp_path: Path) -> None:
    with mail_server(kept, tmp_path, "never") as (port, _), pytest.raises(PostAway, match="encryption"):
        SmtpServer.at(f"smtp://localhost:{port}?from={quote(FROM)}").send(a_letter())
    assert kept.letters == []


def test_a_server_that_is_not_there_or_says_nothing_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        server = SmtpServer.at(f"smtp://127.0.0.1:{port}?from={quote(FROM)}&starttls=0")
        with pytest.raises(PostAway):
            replace(server, seconds=0.2).send(a_letter())
    with pytest.raises(PostAway, match="could not be reached"):
        server.send(a_letter())


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("smtp://mail.example:587", "from must be an address"),
        ("smtp://?from=post@pier.example", "names no mail server"),
        ("smtp://mail.example:port?from=post@pier.example", "a port that is none"),
        ("smtp://me:my/secret@mail.example?from=post@pier.example", "a port that is none"),
        ("smtp://mail.example?from=post@pier.example&starttls=perhaps", "neither 1 nor 0"),
        ("smtp://mail.example?from=post@pier.example&tls=1", "only from, starttls and ca"),
        ("smtp://me:mysecret@mail.example?from=post@pier.example&starttls=0", "unencrypted"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_secret(given: str, fault: str) -> None:
    settings = Settings.from_env({"OPENDOOR_MAIL": given})
    with pytest.raises(SettingsRefused, match=fault) as refused:
        open_post(settings)
    assert "secret@" not in str(refused.value)
    assert "mysecret" not in f"{refused.value} {settings!r}"


def test_a_server_is_chosen_by_url() -> None:
    settings = Settings.from_env({"OPENDOOR_MAIL": f"smtps://me:a%2Fb@mail.example?from={quote(FROM)}"})
    assert folder_of_letters(settings) is None
    post = open_post(settings)
    assert isinstance(post, SmtpServer)
    assert (post.host, post.port, post.tls, post.user, post.secret) == ("mail.example", 465, "always", "me", "a/b")
    assert "a/b" not in repr(post)
