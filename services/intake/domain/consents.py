"""What a volunteer allows us to do with a visit, each use by itself and to be taken back at any time (domain.md §4)."""

from __future__ import annotations

from collections.abc import Mapping

from services.intake.domain.visit import CONSENTS
from shared.contracts.refusals import FieldError, invalid
from shared.contracts.sentences import Sentence

Consents = Mapping[str, bool]

NONE_GIVEN: Consents = dict.fromkeys(CONSENTS, False)


def changed(before: Consents, wanted: Consents) -> dict[str, bool]:
    """All five consents after a change; `wanted` names those that are said anew, the others stay as they were.

    Whoever takes back that their words are used takes back with it that they are quoted. Raises Refusal 422 when
    `wanted` asks for the one without the other.
    """
    after = {**before, **wanted}
    if before["use_words"] and not after["use_words"]:
        if wanted.get("quote"):
            fault = Sentence("cannot stay when your words may not be used any more.")
            raise invalid([FieldError("/quote", fault)])
        after["quote"] = False
    return after


def gives_any(before: Consents, after: Consents) -> bool:
    """Whether something is allowed now that was not before."""
    return any(after[name] and not before[name] for name in CONSENTS)


def said_of(before: Consents, after: Consents, *, shared: bool) -> str:
    """What the volunteer is told, plainly. `shared`: the partner could read of this round before."""
    taken = {name for name in CONSENTS if before[name] and not after[name]}
    if not taken and not gives_any(before, after):
        return Sentence("Nothing had to be changed: this is how it was.")
    if taken & {"use_words", "quote", "use_photos"}:
        if shared:
            return Sentence(
                "Saved. From now on, what you took back is not shown any more. The report is made again without it, "
                "and the office cannot open the older ones here any more. The charity keeps those, and people may "
                "have saved a copy: that cannot be called back."
            )
        return Sentence("Saved. What you took back is not used and not shown any more.")
    return Sentence("Saved. From now on we keep to what you said.")
