"""Which move of a recommendation is allowed to whom, and what it needs: the table of domain.md §5, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.reporting.domain.recommendation import STATUSES, WORKED_ON

LEAD, VOLUNTEER, MANAGER, WORKING_GROUP = "lead", "volunteer", "manager", "working-group"
PARTNER_ROLES = frozenset({"sponsor", "manager", "staff"})
"""Whoever has one of these is of the partner and never checks the partner's own work."""

ONE, TWO_CHECKS, PROPOSE_AND_AGREE = "one act", "two checks", "propose and agree"


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One row of the table.

    `who` maps a role to the earliest stage at which it may act; `needs` holds any of note, evidence, date.
    `acts` says how many people it takes: one, two volunteers' checks, or a proposal of the owner and the
    working group's yes. `months` is how long the status must have stood before.
    """

    come_from: frozenset[str]
    to: str
    who: Mapping[str, str]
    label: str
    hint: str
    needs: frozenset[str] = frozenset()
    stage: str = "plan"
    acts: str = ONE
    months: int = 0
    agreed_by: frozenset[str] = field(default=frozenset())


def _rule(come_from: str, to: str, who: Mapping[str, str], label: str, hint: str, **more: object) -> MoveRule:
    return MoveRule(frozenset(come_from.split()), to, who, label, hint, **more)  # type: ignore[arg-type]


_GROUP = {LEAD: "plan", VOLUNTEER: "plan", WORKING_GROUP: "shared"}
_OWNER = {MANAGER: "manager-review"}
_CHECKERS = {VOLUNTEER: "plan"}
_NOTE, _PLAN, _PROOF = frozenset({"note"}), frozenset({"note", "date"}), frozenset({"evidence"})
_PAUSED_FROM = " ".join(status for status in STATUSES if status in WORKED_ON)

RULES: tuple[MoveRule, ...] = (
    _rule(
        "draft",
        "agreed",
        _GROUP,
        "The group agrees",
        "Write down how it was agreed: the vote, or that nobody was against it.",
        needs=_NOTE,
    ),
    _rule(
        "agreed",
        "shared",
        {LEAD: "manager-review"},
        "Share it with the partner",
        "The partner then has 20 working days to answer.",
        stage="manager-review",
    ),
    _rule("shared", "accepted", _OWNER, "Yes", "You will do this."),
    _rule(
        "shared",
        "accepted-in-part",
        _OWNER,
        "Yes, in part",
        "Say which part, and why not the rest. Volunteers read your words as you write them.",
        needs=_NOTE,
    ),
    _rule(
        "shared",
        "other-way-offered",
        _OWNER,
        "Another way",
        "Say what you would do instead. Volunteers read your words as you write them.",
    ),
    _rule(
        "shared",
        "not-accepted",
        _OWNER,
        "No",
        "Say why, in plain words. Volunteers read your words as you write them.",
        needs=_NOTE,
    ),
    _rule(
        "accepted accepted-in-part other-way-offered paused",
        "planned",
        _OWNER,
        "Plan it",
        "Say what the first step is, and by which date it will be done.",
        needs=_PLAN,
    ),
    _rule("planned not-yet paused", "doing", _OWNER, "Start", "Say what is happening now.", needs=_NOTE),
    _rule(
        "doing",
        "partner-says-done",
        _OWNER,
        "Say that it is done",
        "Show it: a photo, a policy, how many were trained, a date, or something as good.",
        needs=_PROOF,
    ),
    _rule(
        "partner-says-done",
        "verified",
        _CHECKERS,
        "I saw it: it is done",
        "Two volunteers look, each by themselves. The second one’s check makes it count.",
        acts=TWO_CHECKS,
    ),
    _rule(
        "partner-says-done",
        "not-yet",
        _CHECKERS,
        "I looked: not yet",
        "Say what you saw.",
        needs=_NOTE,
    ),
    _rule(
        "verified",
        "kept-up",
        _CHECKERS,
        "I looked again: still there",
        "Six months after it was checked, one more look.",
        months=6,
    ),
    _rule(
        "verified",
        "not-yet",
        _CHECKERS,
        "I looked again: it has gone",
        "Six months after it was checked, one more look. Say what you saw.",
        needs=_NOTE,
        months=6,
    ),
    _rule(
        _PAUSED_FROM,
        "paused",
        _OWNER,
        "Pause it",
        "Say why, and when you look at it again. It counts when the working group agrees.",
        needs=_PLAN,
        acts=PROPOSE_AND_AGREE,
        agreed_by=frozenset({WORKING_GROUP}),
    ),
    _rule(
        _PAUSED_FROM + " paused",
        "no-longer-relevant",
        _OWNER,
        "Say that it is no longer needed",
        "Say why, and when somebody looks again whether that is still so. It counts when the working group agrees.",
        needs=_PLAN,
        acts=PROPOSE_AND_AGREE,
        agreed_by=frozenset({WORKING_GROUP}),
    ),
)


def rule_for(come_from: str, to: str) -> MoveRule | None:
    """The row that leads from one status to another, or None when §5 has none."""
    return next((rule for rule in RULES if come_from in rule.come_from and rule.to == to), None)


def ways_on(status: str) -> tuple[MoveRule, ...]:
    """Every row that leads on from `status`."""
    return tuple(rule for rule in RULES if status in rule.come_from)
