"""What a visit says besides its answers, for a page: recordings, and pins on a plan. `None` is the whole visit."""

from __future__ import annotations

from typing import Any

from services.intake.domain.voice_note import Heard
from services.intake.use_cases.drafts import OpenDraft


def recordings_in(found: OpenDraft, part: str | None) -> list[dict[str, Any]]:
    """The recordings of one part as the visit names them, or those that belong to no part."""
    stages = {item.code: item.stage for item in found.instrument.items}
    return [
        voice
        for voice in found.content.get("voice_notes", ())
        if part == (voice.get("zone") or voice.get("stage") or stages.get(voice.get("item", "")))
    ]


def prompt_of(found: OpenDraft, code: str | None) -> str | None:
    """What the question says that something is about, or None."""
    item = found.instrument.find(code) if code else None
    return item.prompt if item else None


def also_said(found: OpenDraft, part: str | None) -> dict[str, list[dict[str, Any]]]:
    """The recordings and pins of one part, or those that belong to no part."""
    return {
        "voices": [
            {
                "prompt": prompt_of(found, voice.get("item")),
                "seconds": voice["seconds"],
                **_written(found, voice["voice_id"]),
            }
            for voice in recordings_in(found, part)
        ],
        "pins": [
            {
                "kind": pin["value"],
                "strength": pin["strength"],
                "prompt": prompt_of(found, pin["item"]),
                "words": pin.get("words"),
                "x": round(pin["x"]),
                "y": round(pin["y"]),
            }
            for pin in found.content.get("pins", ())
            if pin["zone"] == part
        ],
    }


def _written(found: OpenDraft, voice_id: str) -> dict[str, Any]:
    """What a second person wrote down of a recording, and how far they are; nothing on the volunteer's own pages."""
    kept = found.voice_notes.get(voice_id)
    shown = kept is not None and kept.heard in (Heard.RELEASED, Heard.WRITTEN)
    return {"written": kept.written if kept and shown else None, "heard": kept.heard if kept else None}
