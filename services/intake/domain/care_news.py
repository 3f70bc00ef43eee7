"""Who is told what of a trip there and back. Never what was felt, never what was answered."""

from __future__ import annotations

from collections.abc import Mapping

from services.intake.domain.wellbeing import Act, Step

TOLD_TO_BUDDY: Mapping[Act, str] = {
    Act.CHECK_IN: "went-in",
    Act.STAY_LONGER: "staying",
    Act.PAUSE: "paused",
    Act.GO_ON: "going-on",
    Act.STOP: "stopped",
    Act.CHECK_OUT: "out",
}
"""What the volunteer does -> the kind of notice to whoever looks after them."""
CALL_ME = "call-me"

VOLUNTEER, BUDDY, LEAD = "volunteer", "buddy", "lead"
TOLD_WHEN_LATE: Mapping[Step, tuple[str, ...]] = {
    Step.REMIND: (VOLUNTEER,),
    Step.BUDDY_CALLS: (BUDDY,),
    Step.LEAD: (LEAD,),
    Step.EMERGENCY: (BUDDY, LEAD),
}
"""Who acts at each step. Without a buddy the lead stands in for one."""


def lead_knows(told: int, has_buddy: bool) -> bool:
    """Whether the lead may know by now that somebody is late. `told`: how many late steps were taken."""
    steps = list(TOLD_WHEN_LATE.values())[:told]
    return any(LEAD in who or (BUDDY in who and not has_buddy) for who in steps)
