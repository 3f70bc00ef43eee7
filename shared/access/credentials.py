"""Signed proofs of who somebody is: API tokens and sign-in links. All three services can check one alone."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer

SESSION_LASTS = timedelta(days=14)
"""The longest that a browser stays signed in by one use of a link, however often it comes back."""


class Purpose(StrEnum):
    """What a credential opens. One made for a link is no use as a token, and the other way round.

    One for an address opens nothing: it only says which address of whom a letter went to.
    """

    TOKEN = "token"
    LINK = "link"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Credential:
    """Who, proven by what, until when (aware, UTC)."""

    person_id: str
    credential_id: str
    expires: datetime


class CredentialRefused(Exception):
    """Not one of ours, or no longer good. It does not say which, so that nobody can probe."""


@lru_cache(maxsize=8)
def _signer(key: bytes, purpose: Purpose) -> URLSafeSerializer:
    if not key:
        raise ValueError("there is no signing key; start the program once, or set OPENDOOR_SIGNING_KEY")
    return URLSafeSerializer(base64.b64encode(key), salt=f"opendoor.{purpose}.v1")


def issue(key: bytes, purpose: Purpose, credential: Credential) -> str:
    """A text that proves `credential`. Printable, safe in a URL."""
    facts = [credential.person_id, credential.credential_id, int(credential.expires.timestamp())]
    return str(_signer(key, purpose).dumps(facts))


def read(key: bytes, purpose: Purpose, text: str, now: datetime) -> Credential:
    """The credential behind `text`. Raises CredentialRefused."""
    try:
        credential = _proven(key, purpose, text)
    except (BadSignature, ValueError, TypeError) as refused:
        raise CredentialRefused from refused
    if now >= credential.expires:
        raise CredentialRefused
    return credential


# What a signature proves never changes: a phone that sends ten photos has its token looked at once.
@lru_cache(maxsize=512)
def _proven(key: bytes, purpose: Purpose, text: str) -> Credential:
    person_id, credential_id, expires = _signer(key, purpose).loads(text)
    return Credential(person_id, credential_id, datetime.fromtimestamp(expires, UTC))
