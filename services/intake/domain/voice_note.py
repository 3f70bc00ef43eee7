"""The life of a voice note: words said instead of typed. Listed, safe with us, listened to by a second person, erased.

A voice tells who somebody is. So the recording is never shown to anybody but its volunteer and that second person;
what may be shared is what the second person wrote down of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.intake.domain.acceptance import ENVIRONMENT
from services.intake.domain.visit import kept_for_scores
from services.intake.domain.words import SPACE
from shared.contracts.instruments import Instrument
from shared.contracts.refusals import FieldError, invalid
from shared.contracts.sentences import Sentence

MOST_NOTES = 20
"""The most voice notes of one visit."""
RAW_NOTES = timedelta(days=90)
"""A recording that nobody may listen to goes after this, as raw notes do (domain.md §4, retention)."""

TOO_BIG = Sentence("This recording is too big to send. Say it in two or three shorter ones.")


class VoiceState(StrEnum):
    """What we have of a voice note."""

    MISSING = "missing"
    SAFE = "safe"
    REFUSED = "refused"


class Heard(StrEnum):
    """What a second person did about it. `written`: written down for the host charity, and not to be quoted."""

    WAITING = "waiting"
    RELEASED = "released"
    WRITTEN = "written"
    HELD_BACK = "held-back"


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """A voice note as a visit names it: the hash is of the bytes to come, `size` their number."""

    voice_id: str
    sha256: str
    media_type: str
    size: int
    seconds: int
    zone: str | None
    stage: str | None
    item: str | None

    @classmethod
    def of(cls, voice: Mapping[str, Any]) -> ListedVoice:
        """From an entry of `voice_notes[]`."""
        place = (voice.get("zone"), voice.get("stage"), voice.get("item"))
        return cls(voice["voice_id"], voice["sha256"], voice["media_type"], voice["bytes"], voice["seconds"], *place)


def listed_in(visit: Mapping[str, Any]) -> list[ListedVoice]:
    """The voice notes a visit names, in its order. A visit without any has no such field."""
    return [ListedVoice.of(voice) for voice in visit.get("voice_notes", ())]


def may_be_heard(visit: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether a second person may listen, and whether what was said may be quoted: as typed words (domain.md §4)."""
    consents, kept = visit["consents"], kept_for_scores(visit)
    return kept and (consents["use_words"] or consents["quote"]), kept and consents["quote"]


def refuse_changed_bytes(known: Mapping[str, str], listed: Sequence[ListedVoice]) -> None:
    """A voice id stands for the same bytes for ever. `known` is id -> hash. Raises Refusal 422."""
    faults = [
        FieldError(f"/voice_notes/{at}/sha256", "is not the hash this recording had before; a new one needs a new id.")
        for at, one in enumerate(listed)
        if known.get(one.voice_id, one.sha256) != one.sha256
    ]
    if faults:
        raise invalid(faults)


def place_faults(visit: Mapping[str, Any], instrument: Instrument) -> list[FieldError]:
    """Where a voice note belongs: a zone, a stage or an item that the visit asks, or the visit as a whole."""
    faults = []
    for at, one in enumerate(listed_in(visit)):
        if fault := _place_fault(one, visit, instrument):
            faults.append(FieldError(f"/voice_notes/{at}/{fault[0]}", fault[1]))
    return faults


def _place_fault(one: ListedVoice, visit: Mapping[str, Any], instrument: Instrument) -> tuple[str, str] | None:
    if visit["kind"] == ENVIRONMENT:
        if one.stage is not None:
            return "stage", "belongs to a mystery shop only."
        if one.item is not None and (one.item, one.zone) not in instrument.places:
            return "item", "is not asked in that zone."
        return None
    if one.zone is not None:
        return "zone", "does not belong to a mystery shop."
    if one.item is None:
        return None
    item = next((item for item in instrument.for_channel(visit["channel"]) if item.code == one.item), None)
    if item is None:
        return "item", "is not asked on this channel."
    if one.stage not in (None, item.stage):
        return "stage", "is not where this item is asked."
    return None


def erase_before(now: datetime, days: int) -> datetime:
    """Recordings that were written down at this moment or before are erased now."""
    return now - timedelta(days=days)


def words_id(visit_id: str, voice_id: str) -> str:
    """What the words of a voice note are called, once somebody wrote them down: the same name every time."""
    return str(uuid.uuid5(SPACE, f"{visit_id}/voice/{voice_id}"))
