"""What the next stage of an exercise means and needs, in words for those who have to act."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.exercise import STAGES, TWO_KEY_STAGES


@dataclass(frozen=True, slots=True)
class Next:
    """The next stage. `two_keys`: it needs a lead and a representative; `act` names the button of the lead."""

    to: str
    needs: str
    act: str
    two_keys: bool


_NEEDS = {
    "fieldwork": ("The visits can start when the plan is ready and the first wave opens.", "Start the visits"),
    "sense-making": ("When the visits of this wave are in, the group makes sense of them.", "End the visits"),
    "manager-review": ("A lead and a volunteers’ representative both say that the managers may read the draft.", ""),
    "shared": ("A lead and a volunteers’ representative both say that all staff may read it.", ""),
    "action": ("When staff had time to reflect, the agreed changes begin.", "Start the changes"),
    "closed": ("The formal closure must be signed first: every test record closed again.", "Close the exercise"),
}


def next_stage(stage: str) -> Next | None:
    """What comes after `stage`; None after the last."""
    place = STAGES.index(stage) + 1
    if place == len(STAGES):
        return None
    to = STAGES[place]
    needs, act = _NEEDS[to]
    return Next(to, needs, act, to in TWO_KEY_STAGES)


def previous_stage(stage: str) -> str | None:
    """The stage before `stage`; None before the first."""
    place = STAGES.index(stage)
    return STAGES[place - 1] if place else None
