"""What a second person had before them when they decided, so that nothing is let through that they did not see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from shared.contracts.refusals import conflict

CHANGED = "changed-meanwhile"


def photo_entry(visit: Mapping[str, Any], photo_id: str) -> Mapping[str, Any] | None:
    """What a visit says of a photo: its zone and marks; None when it names none of that id."""
    return next((one for one in visit["photos"] if one["photo_id"] == photo_id), None)


def voice_entry(visit: Mapping[str, Any], voice_id: str) -> Mapping[str, Any] | None:
    """What a visit says of a voice note, such as where it was said; None when it names none of that id."""
    return next((one for one in visit.get("voice_notes", ()) if one["voice_id"] == voice_id), None)


def as_shown(visit: Mapping[str, Any], entry: Mapping[str, Any] | None) -> str:
    """A digest of a photo or voice note as the page shows it: what its volunteer says of it, whether that may be
    quoted, and the questions it is about."""
    shown = [entry, visit["consents"]["quote"], visit["instrument"], visit["instrument_version"]]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def refuse_unseen(seen: str | None, now: str) -> None:
    """`seen` is the digest of what the page showed, None from a program without pages. Raises Refusal 409."""
    if seen is not None and seen != now:
        raise conflict(
            CHANGED,
            "Its volunteer changed this while you had the page open. Nothing was shared; look at it as it is now.",
        )
