"""A letter as mail programs read it, the same however it travels."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from shared.post.port import Letter, LetterRefused


def sender(text: str) -> Address:
    """The mailbox written as `Name <name@host>` or `name@host`. Raises ValueError for anything else."""
    name, address = parseaddr(text)
    user, at, domain = address.rpartition("@")
    if not (at and user and domain and text.isprintable() and address.isascii()):
        raise ValueError("from must be an address, such as Open Door <letters@charity.example>")
    return Address(display_name=name, username=user, domain=domain)


def as_message(letter: Letter, from_: Address) -> EmailMessage:
    """The letter with its headers. The same letter has the same Message-ID each time. Raises LetterRefused."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = from_
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = f"<{letter.id}@{from_.domain}>"
        # Nobody's holiday notice comes back, and no list takes it for a person's.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message["Content-Language"] = letter.language  # what says something of the content goes with the content
    except Exception:  # the parser of addresses raises whatever it stumbles over
        raise LetterRefused("This cannot be written as a letter.") from None
    return message
