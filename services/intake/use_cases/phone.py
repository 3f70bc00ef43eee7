"""What a phone is given to keep of one assignment, so that a visit can be written down where there is no signal."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from services.intake.domain.acceptance import FACE_TO_FACE, INSTRUMENT_OF, MYSTERY_SHOP
from services.intake.forms.visit import instrument_of, newest_version
from services.intake.store import wellbeing as care_store
from services.intake.use_cases import drafts
from services.intake.use_cases.drafts import Ready
from shared.contracts.instruments import Instrument
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class ForPhone:
    """One assignment as its phone page needs it. `stopped`: the volunteer stopped on the way, so the visit is a stopped
    one from its beginning."""

    ready: Ready
    instrument: Instrument
    channel: str
    stopped: bool


def owner_of(service: Service, person_id: str) -> str:
    """Whose a visit on a phone is: the same for one person for ever, and no way back from it to the person."""
    message = f"the phone of {person_id.lower()}".encode()
    return hmac.new(service.settings.identity_key, message, hashlib.sha256).hexdigest()[:32]


def for_phone(service: Service, person_id: str, assignment_id: str) -> ForPhone:
    """Everything of one's own assignment. Raises Refusal 404."""
    ready = drafts.ready(service, person_id, assignment_id)
    name = INSTRUMENT_OF[ready.asked.kind]
    instrument = instrument_of(name, newest_version(name))
    assert instrument is not None
    channel = ready.scenario.channel if ready.scenario and ready.asked.kind == MYSTERY_SHOP else FACE_TO_FACE
    with service.database.reading() as tx:
        stopped = drafts.was_stopped(care_store.latest(tx, assignment_id))
    return ForPhone(ready, instrument, channel, stopped)
