"""Coming in by an invitation link."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.store import people
from shared.access import credentials, directory
from shared.access.credentials import Credential, CredentialRefused, Purpose
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class WayIn:
    """Whom a link lets in, with the name to greet them by."""

    credential: Credential
    name: str


def read_link(service: Service, text: str) -> WayIn | None:
    """Whom this link lets in; None when it is not ours, too old, taken back, or of somebody no longer known."""
    try:
        credential = credentials.read(service.settings.signing_key, Purpose.LINK, text, service.clock.now())
    except CredentialRefused:
        return None
    with service.database.reading() as tx:
        name = people.name(tx, credential.person_id)
        if name is None or directory.is_revoked(tx, credential.credential_id):
            return None
    return WayIn(credential, name)


def came_in(service: Service, credential: Credential) -> None:
    """Write down, once, that a link which a lead made on a plan was used, so that they need not send it again."""
    with service.database.reading() as tx:
        if not people.is_first_use(tx, credential.credential_id):
            return
    with service.database.transaction(credential.credential_id) as tx:
        people.mark_used(tx, credential.credential_id)
