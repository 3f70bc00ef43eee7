"""A real mail server on this machine, for tests: it keeps what arrives, and refuses what a test tells it to refuse."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, SECRET = "post@pier.example", "s3cret/with:signs@"


class Kept:
    """What the server does with a letter, as aiosmtpd asks for it."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.encrypted: list[bool] = []
        self.refuse_address = ""
        self.refuse_letter = ""

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the address, or say what the test wants to be said."""
        if self.refuse_address:
            return self.refuse_address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter, or say what the test wants to be said."""
        if self.refuse_letter:
            return self.refuse_letter
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        self.recipients.append(list(envelope.rcpt_tos))
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        return "250 Taken"


class _Server(Controller):
    """A controller that lets the machine choose the port, and then knows it."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), SECRET.encode())
    return AuthResult(success=known, handled=known)


@contextmanager
def mail_server(kept: Kept, folder: Path, tls: str, *, name: str = "localhost") -> Iterator[tuple[int, Path]]:
    """A server that speaks TLS `always`, by `starttls` or `never`; its port, and the file of its authority.

    `name` is what its certificate says it is called.
    """
    authority = trustme.CA()
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    asks = {"always": {"ssl_context": context}, "starttls": {"tls_context": context, "require_starttls": True}}
    controller = _Server(
        kept,
        hostname="127.0.0.1",
        port=0,
        authenticator=_knows,
        auth_required=tls == "starttls",  # over `always` it cannot tell that the way is encrypted
        auth_require_tls=tls == "starttls",
        **asks.get(tls, {}),  # type: ignore[arg-type]
    )
    controller.start()
    try:
        yield controller.port, trusted
    finally:
        controller.stop()
