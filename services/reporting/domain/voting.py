"""Voting with dots: everybody by themselves, tallied by group as well as together (domain.md §5).

So nobody can be outvoted unseen, and nobody is led by what others have said before they have spoken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.contracts.refusals import FieldError, invalid

MOST_DOTS = 3
VOTERS_TO_BE_TOLD = 2
VOLUNTEERS = "volunteers"
WHY_ALONE = "Shown once two volunteers have put dots on it, so that nobody’s own vote is told."
_GROUPS = (("volunteer", VOLUNTEERS), ("working-group", "working-group"), ("lead", "charity"))


@dataclass(frozen=True, slots=True)
class Votes:
    """The dots on a recommendation as one person may see them. `by_group` is None until they have voted.

    A group whose tally would be one person's vote stands there as None, and then there is no total.
    """

    mine: int | None
    by_group: Mapping[str, tuple[int, int] | None] | None

    def as_json(self) -> dict[str, object]:
        """The shape on the wire: own dots; people and dots by group and in total, or null."""
        if self.by_group is None:
            return {"mine": self.mine, "by_group": None, "dots": None}
        groups: dict[str, dict[str, object]] = {}
        total: int | None = 0
        for group, told in self.by_group.items():
            if told is None:
                groups[group] = {"people": None, "dots": None, "why": WHY_ALONE}
                total = None
            else:
                groups[group] = {"people": told[0], "dots": told[1]}
                total = None if total is None else total + told[1]
        return {"mine": self.mine, "by_group": groups, "dots": total}


def is_a_vote(tally: Mapping[str, tuple[int, int]]) -> bool:
    """Whether the dots record that a group agreed (domain.md §5): of two people or more, and not all of them none."""
    people, dots = (sum(counted) for counted in zip(*tally.values(), strict=True)) if tally else (0, 0)
    return people >= VOTERS_TO_BE_TOLD and dots > 0


def voters_of(roles: Collection[str]) -> str:
    """The group somebody's dots are counted with. Raises ValueError for somebody who has no vote."""
    for role, group in _GROUPS:
        if role in roles:
            return group
    raise ValueError("only volunteers, the working group and the lead vote")


def check_dots(dots: int) -> None:
    """Raises Refusal (422) for more dots than there are, or fewer than none."""
    if not 0 <= dots <= MOST_DOTS:
        raise invalid([FieldError("/dots", f"Put from 0 to {MOST_DOTS} dots.")])


def as_seen(
    mine: int | None, tally: Mapping[str, tuple[int, int]], status: str, may_vote: bool, of_charity: bool
) -> Votes:
    """While a draft is voted on, the tally shows only to those who have voted; afterwards to everybody.

    `of_charity`: volunteers and the host charity. Nobody else is told how a volunteer voted who was the only one.
    """
    if status == "draft" and may_vote and mine is None:
        return Votes(mine, None)
    alone = not of_charity and tally.get(VOLUNTEERS, (0, 0))[0] < VOTERS_TO_BE_TOLD
    return Votes(mine, {group: None if alone and group == VOLUNTEERS else told for group, told in tally.items()})
