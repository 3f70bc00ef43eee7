"""Letters by a mail server, over a connection that is encrypted and whose certificate is checked unless the settings
say otherwise."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from urllib.parse import parse_qs, unquote, urlsplit

from shared.post.port import Letter, LetterRefused, NotSent, PostAway, TryAgain
from shared.post.written import as_message, sender

SECONDS = 10.0
"""How long to wait for any one answer of the server."""
_PORTS = {"smtp": 587, "smtps": 465}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_KNOWN = frozenset({"from", "starttls", "ca"})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A post that hands letters to a mail server. `tls`: always, starttls or never."""

    host: str
    port: int
    from_: Address
    tls: str
    user: str = ""
    secret: str = field(default="", repr=False)
    authorities: str | None = None
    seconds: float = SECONDS

    @classmethod
    def at(cls, url: str) -> SmtpServer:
        """The server of `smtp://user:secret@host:587?from=…` or `smtps://…`. Opens nothing. Raises ValueError with a
        sentence that has no secret in it."""
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if not parts.hostname:
            raise ValueError("OPENDOOR_MAIL names no mail server.")
        if unknown := sorted(asked.keys() - _KNOWN):
            raise ValueError(f"OPENDOOR_MAIL has {', '.join(unknown)} in it; only from, starttls and ca are known.")
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError:  # its text would quote what may be a part of the secret
            raise ValueError(
                "OPENDOOR_MAIL has a port that is none. Write the signs / : @ in its name or secret as %2F %3A %40."
            ) from None
        try:
            from_ = sender(asked.get("from", ""))
        except ValueError as fault:
            raise ValueError(f"OPENDOOR_MAIL cannot be used: {fault}.") from None
        tls = _tls(parts.scheme, asked)
        user, secret = unquote(parts.username or ""), unquote(parts.password or "")
        if secret and tls == "never" and parts.hostname not in _HERE:
            raise ValueError("OPENDOOR_MAIL would send its secret unencrypted; take starttls=0 out.")
        return cls(parts.hostname, port, from_, tls, user, secret, asked.get("ca") or None)

    def send(self, letter: Letter) -> None:
        """Hand the letter to the server. Raises PostAway, TryAgain or LetterRefused."""
        message = as_message(letter, self.from_)
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.secret)
                server.send_message(message)
        # What the server says may quote the address, so it is not passed on.
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            raise _not_sent(fault) from None

    def forget(self, letter_id: str) -> None:
        """Nothing of a letter is kept here."""

    def _connected(self) -> smtplib.SMTP:
        here = self.from_.domain
        if self.tls == "always":
            return smtplib.SMTP_SSL(self.host, self.port, here, timeout=self.seconds, context=self._trusted())
        server = smtplib.SMTP(self.host, self.port, here, timeout=self.seconds)
        if self.tls == "starttls":
            try:
                server.starttls(context=self._trusted())
            except BaseException:
                server.close()
                raise
        return server

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authorities)


def _tls(scheme: str, asked: Mapping[str, str]) -> str:
    if scheme == "smtps":
        return "always"
    wanted = asked.get("starttls", "1")
    if wanted not in ("0", "1"):
        raise ValueError("OPENDOOR_MAIL has a starttls that is neither 1 nor 0.")
    return "starttls" if wanted == "1" else "never"


def _not_sent(fault: Exception) -> NotSent:
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in fault.recipients.values()]
        return _by_code(max(codes, default=550), "The mail server did not take the address")
    if isinstance(fault, smtplib.SMTPDataError):
        return _by_code(fault.smtp_code, "The mail server did not take the letter")
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return PostAway("The mail server does not know our name and secret.")
    if isinstance(fault, ssl.SSLCertVerificationError):
        return PostAway("The certificate of the mail server could not be checked.")
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return PostAway("The mail server does not offer what the settings ask for, such as encryption.")
    if isinstance(fault, smtplib.SMTPSenderRefused):
        return PostAway(f"The mail server does not let us send ({fault.smtp_code}).")
    return PostAway(f"The mail server could not be reached ({type(fault).__name__}).")


def _by_code(code: int, what: str) -> NotSent:
    return LetterRefused(f"{what} ({code}).") if code >= 500 else TryAgain(f"{what} now ({code}).")
