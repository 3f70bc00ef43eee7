"""What a visit is once it is taken: whose, in which version, whether it is the same again, and how far it has got."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from services.intake.domain.photo import PhotoState, settled
from shared.contracts.json_text import to_text
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import Sentence

_BARE = itemgetter("item", "zone", "answer")
CONSENTS = ("use_words", "use_photos", "quote", "tell_me", "contact_again")
WITHDRAWN = Sentence("You took this visit back, so it cannot be changed any more.")


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A visit as it is kept. Nothing in it names a person: `volunteer_key` is a pseudonym of one exercise.

    `announced` is the last version that assessment was told of, 0 for none.
    """

    visit_id: str
    volunteer_key: str
    exercise_id: str
    site_id: str
    wave: int
    kind: str
    site_zones: tuple[str, ...]
    received_at: datetime
    version: int
    digest: str
    announced: int
    last_event: str | None
    withdrawn_at: datetime | None


def content_digest(visit: Mapping[str, Any]) -> str:
    """A hash that is the same for the same content, in whatever order a phone lists answers and photos."""
    ordered = {
        **visit,
        "answers": sorted(map(_in_order, visit["answers"])),
        "photos": sorted(visit["photos"], key=lambda photo: photo["photo_id"]),
        "zones_complete": sorted(visit["zones_complete"]),
    }
    if "voice_notes" in visit:
        ordered["voice_notes"] = sorted(visit["voice_notes"], key=lambda voice: voice["voice_id"])
    if "pins" in visit:
        ordered["pins"] = sorted(visit["pins"], key=lambda pin: json.dumps(pin, sort_keys=True))
    if visit["photos"] or "pins" in visit:
        # Places on a picture are fractions, and those json spells as it always has.
        text = json.dumps(ordered, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    else:
        text = to_text(ordered, in_order=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _in_order(answer: Mapping[str, Any]) -> list[Any]:
    if len(answer) == 3 and "zone" in answer:
        return [*_BARE(answer), "", "", ""]  # an item, a zone, an answer, and nothing else: most answers
    said = answer.get
    return [
        said("item") or "",
        said("zone") or "",
        said("answer") or "",
        said("trigger") or "",
        said("comfort") or "",
        said("words") or "",
    ]


def etag(version: int, digest: str) -> str:
    """The strong ETag of one version."""
    return f'"{version}-{digest[:20]}"'


def refuse_stale(given: str | None, record: VisitRecord) -> None:
    """An amendment must name the version it corrects. Raises Refusal 412."""
    if given is None or given.strip() != etag(record.version, record.digest):
        raise Refusal(
            412,
            "visit-changed",
            Sentence(
                "Your visit was changed since you opened it. Open it again to see how it is now, then correct it."
            ),
        )


def receipt_state(photo_states: Sequence[str], *, handed_on: bool, voice_states: Sequence[str] = ()) -> str:
    """receiving | safe | processed (wire.md §3). `handed_on`: all that was announced has left the outbox."""
    if not settled([*photo_states, *voice_states]):
        return "receiving"
    done = {PhotoState.CLEANED, PhotoState.REFUSED}
    return "processed" if handed_on and done.issuperset(photo_states) else "safe"


def kept_for_scores(visit: Mapping[str, Any]) -> bool:
    """A visit that was stopped counts only when its volunteer said so (domain.md §3.8)."""
    return not visit["stopped_early"] or visit["keep_answers"] is True


def said_on_withdrawal(*, totals_shared: bool) -> str:
    """What the volunteer is told, plainly: what is gone, what stays and until when (domain.md §4, retention)."""
    if totals_shared:
        return Sentence(
            "You took this visit back. Your answers, words and photos are erased from our visits and count no more. "
            "Totals that were shared before today cannot be called back: people may have seen them already. "
            "Our machine log still has what you ticked, under a code and not your name, as long as the results are "
            "kept."
        )
    return Sentence(
        "You took this visit back. Your answers, words and photos are erased from our visits and count no more. "
        "Our machine log still has what you ticked, under a code and not your name, as long as the results are kept."
    )
