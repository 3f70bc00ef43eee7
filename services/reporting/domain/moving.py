"""Decides a move by §5: whether, by whom, with what; gives back the recommendation then, and its history line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.reporting.domain.careful_words import describes_a_person
from services.reporting.domain.moves import (
    ONE,
    PARTNER_ROLES,
    TWO_CHECKS,
    VOLUNTEER,
    MoveRule,
    rule_for,
    ways_on,
)
from services.reporting.domain.recommendation import REPLIES, WORDS, Entry, Evidence, Recommendation, stage_reached
from services.reporting.domain.working_days import reply_due
from shared.contracts.days import day_here
from shared.contracts.refusals import FieldError, Refusal, conflict, forbidden, invalid

_DAY = re.compile(r"(?<![0-9-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-])")
_NEEDED = {
    "agreed": "Write down how it was agreed: the vote, or that nobody was against it.",
    "planned": "Say what the first step is.",
    "doing": "Say what is happening.",
    "not-yet": "Say what was seen.",
}


@dataclass(frozen=True, slots=True)
class Mover:
    """Who wants to move it: all their roles in this exercise, and a pseudonym to tell two people apart."""

    roles: frozenset[str]
    key: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What they want: the new status, their words, what they show for it."""

    to: str
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of it. `done` is False when it is recorded and waits for a second person. No `entry`: said before."""

    recommendation: Recommendation
    entry: Entry | None
    done: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A move somebody may make now: its rule, and whether theirs is the last act that it needs."""

    rule: MoveRule
    completes: bool


def decide(
    recommendation: Recommendation,
    history: Sequence[Entry],
    wish: Wish,
    mover: Mover,
    *,
    stage: str,
    now: datetime,
    today: date,
    bank_holidays: Collection[date],
    voted: bool = False,
) -> Decision:
    """Decide a move by domain.md §5. `now` is when it is written down, `today` the day it is here. `voted`: the group's
    vote is recorded, so it need not be told in words.

    Raises Refusal: 409 `move-not-allowed` (with `allowed`, the statuses that are) when §5 has no such move now,
    403 when it is not this mover's, 422 when a reason, a date or evidence is missing.
    """
    rule = rule_for(recommendation.status, wish.to)
    if rule is None or not stage_reached(stage, rule.stage) or not _old_enough(rule, recommendation, today):
        raise _not_allowed(recommendation, rule, stage, today)
    role = _role_for(rule, mover, stage)
    open_acts = acts_waiting(history, wish.to)
    if rule.acts == ONE:
        if voted and rule.to == "agreed":
            rule = replace(rule, needs=frozenset())
        return _moved(recommendation, rule, wish, mover, role, now, today, bank_holidays)
    if rule.acts == TWO_CHECKS:
        others = {entry.actor for entry in open_acts} - {mover.key}
        if others:
            return _moved(recommendation, rule, wish, mover, role, now, today, bank_holidays)
        if open_acts:
            return Decision(recommendation, None, done=False)
        _check_words(wish)
        return Decision(recommendation, _entry(recommendation, "check", wish, mover, role, now), done=False)
    return _propose_or_agree(recommendation, rule, wish, mover, role, now, open_acts)


def offers(
    recommendation: Recommendation, history: Sequence[Entry], mover: Mover, *, stage: str, today: date
) -> list[Offer]:
    """Every move this person may make now, in the order of the table."""
    found = []
    for rule in ways_on(recommendation.status):
        if not stage_reached(stage, rule.stage) or not _old_enough(rule, recommendation, today):
            continue
        try:
            role = _role_for(rule, mover, stage)
        except Refusal:
            continue
        open_acts = acts_waiting(history, rule.to)
        by_me = any(entry.actor == mover.key for entry in open_acts)
        if rule.acts != ONE and by_me:
            continue
        if role in rule.agreed_by and not open_acts:
            continue
        if rule.agreed_by and role not in rule.agreed_by and open_acts:
            continue
        found.append(Offer(rule, rule.acts == ONE or bool(open_acts)))
    return found


def acts_waiting(history: Sequence[Entry], to: str | None = None) -> list[Entry]:
    """Checks and proposals (towards `to`) since the last move: recorded, and waiting for a second person."""
    waiting: list[Entry] = []
    for entry in history:
        if entry.kind == "move":
            waiting = []
        elif entry.kind in ("check", "proposal") and (to is None or entry.to_status == to):
            waiting.append(entry)
    return waiting


def months_after(start: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    for day in range(start.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, min(start.day, 28))


def _old_enough(rule: MoveRule, recommendation: Recommendation, today: date) -> bool:
    if not rule.months:
        return True
    since = recommendation.verified_at
    return since is not None and today >= months_after(day_here(since), rule.months)


def _not_allowed(recommendation: Recommendation, rule: MoveRule | None, stage: str, today: date) -> Refusal:
    allowed = [
        way.to
        for way in ways_on(recommendation.status)
        if stage_reached(stage, way.stage) and _old_enough(way, recommendation, today)
    ]
    if rule is not None and not stage_reached(stage, rule.stage):
        why = "It can be shared with the partner only when the exercise has reached the managers' review. "
    elif rule is not None and recommendation.verified_at is not None:
        first = months_after(day_here(recommendation.verified_at), rule.months)
        why = f"The next look is on {first.isoformat()} or later. "
    else:
        why = ""
    can = f"From “{WORDS[recommendation.status]}” it can go to: {', '.join(allowed) or 'nothing else'}."
    return conflict("move-not-allowed", why + can, allowed=allowed, status_now=recommendation.status)


def _role_for(rule: MoveRule, mover: Mover, stage: str) -> str:
    """The role under which the mover acts. Raises Refusal (403)."""
    if VOLUNTEER in rule.who and rule.to in ("verified", "not-yet", "kept-up") and mover.roles & PARTNER_ROLES:
        raise forbidden("A change is checked by volunteers, never by somebody of the partner.")
    for role, from_stage in rule.who.items():
        if role in mover.roles and stage_reached(stage, from_stage):
            return role
    for role in rule.agreed_by:
        if role in mover.roles and stage_reached(stage, "shared"):
            return role
    raise forbidden(f"This move is for: {', '.join(rule.who)}.")


def _propose_or_agree(
    recommendation: Recommendation,
    rule: MoveRule,
    wish: Wish,
    mover: Mover,
    role: str,
    now: datetime,
    open_acts: Sequence[Entry],
) -> Decision:
    may_agree = bool(rule.agreed_by & mover.roles)
    if may_agree and any(entry.actor != mover.key for entry in open_acts):
        role = next(iter(sorted(rule.agreed_by & mover.roles)))
        proposal = open_acts[-1]
        _check_words(wish)
        entry = _entry(recommendation, "move", wish, mover, role, now)
        changed = replace(recommendation, status=rule.to, news_at=now, due=_due_by(proposal, recommendation.due))
        return Decision(changed, entry, done=True)
    if role in rule.agreed_by:
        raise forbidden("The owner proposes this first; then the working group agrees.")
    if any(entry.actor == mover.key for entry in open_acts):
        return Decision(recommendation, None, done=False)
    _check_needs(rule, wish, recommendation)
    return Decision(recommendation, _entry(recommendation, "proposal", wish, mover, role, now), done=False)


def _moved(
    recommendation: Recommendation,
    rule: MoveRule,
    wish: Wish,
    mover: Mover,
    role: str,
    now: datetime,
    today: date,
    bank_holidays: Collection[date],
) -> Decision:
    _check_needs(rule, wish, recommendation)
    entry = _entry(recommendation, "move", wish, mover, role, now)
    changed = replace(recommendation, status=rule.to, news_at=now)
    if rule.to == "shared":
        changed = replace(changed, shared_at=now, reply_due=reply_due(today, bank_holidays))
    elif rule.to in REPLIES:
        changed = replace(changed, replied_at=now)
        if rule.to != "not-accepted":
            changed = replace(changed, due=_due_by(entry, recommendation.due))
    elif rule.to == "planned":
        changed = replace(changed, due=_due_by(entry, recommendation.due))
    elif rule.to == "verified":
        changed = replace(changed, verified_at=now)
    return Decision(changed, entry, done=True)


def _entry(recommendation: Recommendation, kind: str, wish: Wish, mover: Mover, role: str, now: datetime) -> Entry:
    return Entry(now, kind, role, mover.key, recommendation.status, wish.to, wish.note.strip(), wish.evidence)


def _due_by(entry: Entry, due: date | None) -> date | None:
    """By when it is due after this: the date given as evidence, or else the one there was already, or else, where the
    move needs a date, one that stands in the note."""
    given = [day for shown in entry.evidence if shown.kind == "date" and (day := _day_in(shown.text))]
    if given or due:
        return given[0] if given else due
    rule = rule_for(entry.from_status, entry.to_status)
    return _day_in(entry.note) if rule is not None and "date" in rule.needs else None


def _day_in(text: str) -> date | None:
    for found in _DAY.findall(text):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None


def _check_needs(rule: MoveRule, wish: Wish, recommendation: Recommendation) -> None:
    errors: list[FieldError] = []
    if "note" in rule.needs and not wish.note.strip():
        errors.append(FieldError("/note", _NEEDED.get(rule.to, "Say why, in plain words.")))
    if "evidence" in rule.needs and not wish.evidence:
        errors.append(FieldError("/evidence", "Show at least one thing that proves it."))
    given = any(e.kind == "date" for e in wish.evidence) or _day_in(wish.note)
    if "date" in rule.needs and recommendation.due is None and not given:
        errors.append(FieldError("/evidence", "Say the date: evidence of the kind “date”, such as 2026-12-01."))
    if errors:
        raise invalid(errors, detail=errors[0].detail)
    _check_words(wish, dated="date" in rule.needs or rule.to in REPLIES)


def _check_words(wish: Wish, *, dated: bool = False) -> None:
    """`dated`: whether a date that is shown becomes the one by which it is due, so that it has to be readable."""
    errors: list[FieldError] = []
    if told := describes_a_person(wish.note):
        errors.append(FieldError("/note", told))
    for place, shown in enumerate(wish.evidence):
        if told := describes_a_person(shown.text):
            errors.append(FieldError(f"/evidence/{place}/text", told))
        if not shown.text.strip() and shown.sha256 is None:
            errors.append(FieldError(f"/evidence/{place}", "Say what it is, or give the hash of the file."))
        if dated and shown.kind == "date" and _day_in(shown.text) is None:
            errors.append(FieldError(f"/evidence/{place}/text", "Write the date like 2026-12-01."))
    if errors:
        raise invalid(errors, detail=errors[0].detail)
