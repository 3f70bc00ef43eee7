"""Until when a visit may be corrected, and what may be left out of it even after that (ADR 0025).

Figures that somebody of the partner reads, or has read, move no more; what stands beside them may always be taken out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.intake.domain.consents import gives_any
from services.intake.domain.visit import WITHDRAWN, VisitRecord
from shared.contracts.refusals import conflict
from shared.contracts.sentences import Sentence

_NOT_OPEN = Sentence("This round was shared already, so your answers can no longer be changed. You can take them back.")
_BESIDE_THE_FIGURES = frozenset({"answers", "first_impressions", "photos", "voice_notes", "pins", "consents"})


def refuse_correction(record: VisitRecord, stage: str, *, read: bool, leaves_out: bool = False) -> None:
    """A visit may be corrected until its round was opened to the partner. Raises Refusal 409.

    `read`: somebody of the partner may read of its round, or could before. `leaves_out`: the correction changes no
    figure and only takes something out, which it may do for as long as the visit is the volunteer's.
    """
    if record.withdrawn_at is not None:
        raise conflict("withdrawn", WITHDRAWN)
    if not leaves_out and (read or stage == "closed"):
        raise conflict("not-open", _NOT_OPEN)


def only_leaves_out(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether `after` has every answer and every day of `before`, and of words, files and consents the same or less."""
    same = {name: value for name, value in before.items() if name not in _BESIDE_THE_FIGURES}
    if {name: value for name, value in after.items() if name not in _BESIDE_THE_FIGURES} != {
        **same,
        # A list of places, in whatever order a phone gives it.
        "zones_complete": after["zones_complete"],
    } or set(before["zones_complete"]) != set(after["zones_complete"]):
        return False
    if gives_any(before["consents"], after["consents"]):
        return False
    said, says = _answers(before), _answers(after)
    return (
        said.keys() == says.keys()
        and all(words in (None, said[answer]) for answer, words in says.items())
        and after["first_impressions"].items() <= before["first_impressions"].items()
        and _fewer_photos(before["photos"], after["photos"])
        and all(_fewer(before.get(name, ()), after.get(name, ())) for name in ("voice_notes", "pins"))
    )


def _answers(visit: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered -> the words beside it."""
    return {_text({**answer, "words": None}): answer.get("words") for answer in visit["answers"]}


def _fewer_photos(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> bool:
    had = {one["photo_id"]: one for one in before}
    return all(
        one["photo_id"] in had
        and {**one, "annotations": ()} == {**had[one["photo_id"]], "annotations": ()}
        and _fewer(had[one["photo_id"]]["annotations"], one["annotations"])
        for one in after
    )


def _fewer(before: Sequence[Any], after: Sequence[Any]) -> bool:
    return set(map(_text, after)) <= set(map(_text, before)) and len(after) <= len(before)


def _text(one: Any) -> str:
    return json.dumps(one, sort_keys=True)
