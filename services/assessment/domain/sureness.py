"""How sure a number of visits lets us be, and what it takes before a partner sees a number (domain.md §3.4)."""

from __future__ import annotations

from services.assessment.domain.rounding import percent

ONE_PERSONS_VIEW = "one-persons-view"
EARLY = "early"
FAIR = "fair"
STRONG = "strong"

VISITS_FOR_A_PERCENT = 2
VISITS_FOR_A_BAND = 3
VISITS_FOR_A_PARTNER = 3
VOLUNTEERS_FOR_A_PARTNER = 2

WHY_NO_VISIT = "Nobody has been able to say anything here yet."
WHY_ONE_VISIT = "Only one visit so far. It is one person's view: words and flags, no percentage."
WHY_NO_BAND = "Two visits are an early picture: points and a percentage, no word for the whole."
WHY_TOO_LITTLE_SEEN = "Less than half of what was asked could be answered."
WHY_NOTHING_TO_COUNT = "Nothing was answered that this figure counts."
WHY_DOES_NOT_APPLY = "Everybody said this is not here."
WHY_PARTNER = "Numbers are shown from 3 visits by 2 volunteers on, so that nobody can be picked out."

WHY_ADDED_UP = "Added up from what at least 3 visits by 2 volunteers saw. What fewer saw is left out."


def label(visits: int) -> str | None:
    """1 one person's view · 2 early picture · 3-5 fair · 6 and more strong; None when there is nothing."""
    if visits == 0:
        return None
    if visits == 1:
        return ONE_PERSONS_VIEW
    if visits == 2:
        return EARLY
    return FAIR if visits < 6 else STRONG


def swing(visits: int) -> float | None:
    """How far one odd day could pull the picture, in per cent: 100 ÷ n (domain.md §3.4)."""
    return percent(1, visits)


def why_no_percent(visits: int) -> str | None:
    """Why a percentage must not be shown at this number of visits, or None when it may."""
    if visits == 0:
        return WHY_NO_VISIT
    return WHY_ONE_VISIT if visits < VISITS_FOR_A_PERCENT else None


def may_be_shown_to_partner(visits: int, volunteers: int) -> bool:
    """The rule of 3 visits by 2 volunteers, also an anonymity rule (domain.md §3.4 and §4)."""
    return visits >= VISITS_FOR_A_PARTNER and volunteers >= VOLUNTEERS_FOR_A_PARTNER
