"""What the next stage of an exercise means and needs, in words for those who have to act."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.exercise import STAGES, TWO_KEY_STAGES


@dataclass(frozen=True, slots=True)
class Next:
    """The next stage. `two_keys`: it needs a lead and a representative; `act` names the button of the lead.

    `ends` says what cannot be done any more from then on; a page asks before such a move. `yes` is what one says then.
    """

    to: str
    needs: str
    act: str
    two_keys: bool
    ends: str = ""
    yes: str = ""


_NEEDS = {
    "fieldwork": ("The visits can start when the plan is ready and the first round opens.", "Start the visits"),
    "sense-making": ("When the visits of this round are in, the group makes sense of them.", "End the visits"),
    "manager-review": ("A lead and a volunteers’ representative both say that the managers may read the draft.", ""),
    "shared": ("A lead and a volunteers’ representative both say that all staff may read it.", ""),
    "action": ("When staff had time to reflect, the agreed changes begin.", "Start the changes"),
    "closed": ("The formal closure must be signed first: every test record closed again.", "Close the exercise"),
}
_ENDS = {
    "sense-making": (
        "After this, nothing more can be sent for round 1, not even what is written on a phone already.",
        "Yes, end the visits",
    ),
    "closed": (
        "After this, nobody can send a visit or answer a recommendation, and no single visit can be read any more. "
        "What it all came to stays.",
        "Yes, close the exercise",
    ),
}
_HAPPENED = {
    "fieldwork": "The visits have begun.",
    "sense-making": "The visits are over. Now the group makes sense of them.",
    "action": "The changes have begun.",
    "closed": "The exercise is closed.",
}


def next_stage(stage: str) -> Next | None:
    """What comes after `stage`; None after the last."""
    place = STAGES.index(stage) + 1
    if place == len(STAGES):
        return None
    to = STAGES[place]
    needs, act = _NEEDS[to]
    return Next(to, needs, act, to in TWO_KEY_STAGES, *_ENDS.get(to, ()))


def what_happened(stage: str, to: str) -> str:
    """A lead moved an exercise from `stage` to `to` alone: what that means, in a sentence."""
    if STAGES.index(to) < STAGES.index(stage):
        return "The exercise went back one stage."
    return _HAPPENED[to]


def previous_stage(stage: str) -> str | None:
    """The stage before `stage`; None before the first."""
    place = STAGES.index(stage)
    return STAGES[place - 1] if place else None
