"""Every row of domain.md §5, every move that has no row, and what each needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.moves import RULES, rule_for
from services.reporting.domain.moving import Mover, acts_waiting, months_after, offers
from services.reporting.domain.recommendation import STAGES, STATUSES, Entry, Evidence, Recommendation
from shared.access.stages import ORDER
from shared.contracts.refusals import Refusal
from tests.unit.reporting.making import (
    DATE,
    EVERYBODY,
    LEAD,
    MANAGER,
    MIXED,
    NOW,
    PHOTO,
    SECOND_VOLUNTEER,
    SPONSOR,
    STAFF,
    VOLUNTEER,
    WORKING_GROUP,
    a_recommendation,
    move,
)

# Written out again from the table of domain.md §5: from, to, who may.
ROWS = [
    ("draft", "agreed", {"lead", "volunteer", "working-group"}),
    ("agreed", "shared", {"lead"}),
    ("shared", "accepted", {"manager"}),
    ("shared", "accepted-in-part", {"manager"}),
    ("shared", "other-way-offered", {"manager"}),
    ("shared", "not-accepted", {"manager"}),
    ("accepted", "planned", {"manager"}),
    ("accepted-in-part", "planned", {"manager"}),
    ("other-way-offered", "planned", {"manager"}),
    ("paused", "planned", {"manager"}),
    ("planned", "doing", {"manager"}),
    ("not-yet", "doing", {"manager"}),
    ("paused", "doing", {"manager"}),
    ("doing", "partner-says-done", {"manager"}),
    ("partner-says-done", "verified", {"volunteer"}),
    ("partner-says-done", "not-yet", {"volunteer"}),
    ("verified", "kept-up", {"volunteer"}),
    ("verified", "not-yet", {"volunteer"}),
] + [
    (status, to, {"manager"})
    for status in ("accepted", "accepted-in-part", "other-way-offered", "planned", "doing", "not-yet", "paused")
    for to in ("paused", "no-longer-relevant")
    if status != to
]
ALLOWED = {(come_from, to): who for come_from, to, who in ROWS}
LONG_AGO = NOW - timedelta(days=400)


def standing(status: str) -> Recommendation:
    """A recommendation at a status, with the past that the status needs."""
    return a_recommendation(status=status, verified_at=LONG_AGO if status == "verified" else None)


def refusal(recommendation: Recommendation, to: str, mover: Mover, **more: object) -> Refusal:
    """The refusal that a move meets."""
    with pytest.raises(Refusal) as refused:
        move(recommendation, to, mover, **more)  # type: ignore[arg-type]
    return refused.value


def test_the_stages_are_those_of_the_access_rules() -> None:
    assert tuple(str(stage) for stage in ORDER) == STAGES


def test_the_table_has_these_rows_and_no_others() -> None:
    assert {(come_from, rule.to) for rule in RULES for come_from in rule.come_from} == set(ALLOWED)
    for (come_from, to), who in ALLOWED.items():
        rule = rule_for(come_from, to)
        assert rule is not None
        assert set(rule.who) == who


@pytest.mark.parametrize("come_from", STATUSES)
@pytest.mark.parametrize("to", STATUSES)
def test_every_move_with_and_without_a_row(come_from: str, to: str) -> None:
    for mover in EVERYBODY:
        recommendation = standing(come_from)
        if (come_from, to) not in ALLOWED:
            told = refusal(recommendation, to, mover)
            assert (told.status, told.code) == (409, "move-not-allowed")
            assert set(told.extra["allowed"]) == {t for f, t in ALLOWED if f == come_from}
        elif not (mover.roles & ALLOWED[come_from, to]) or (mover is MIXED and come_from != "draft"):
            assert refusal(recommendation, to, mover).status == 403
        else:
            decision = move(recommendation, to, mover)
            waits = to in ("verified", "paused", "no-longer-relevant")
            assert decision.done is not waits
            assert decision.recommendation.status == (come_from if waits else to)
            assert decision.entry is not None
            assert (decision.entry.from_status, decision.entry.to_status) == (come_from, to)


@pytest.mark.parametrize(
    ("come_from", "to", "mover", "pointer"),
    [
        ("draft", "agreed", LEAD, "/note"),
        ("shared", "accepted-in-part", MANAGER, "/note"),
        ("shared", "not-accepted", MANAGER, "/note"),
        ("accepted", "planned", MANAGER, "/note"),
        ("planned", "doing", MANAGER, "/note"),
        ("partner-says-done", "not-yet", VOLUNTEER, "/note"),
        ("doing", "paused", MANAGER, "/note"),
        ("doing", "no-longer-relevant", MANAGER, "/note"),
    ],
)
def test_a_missing_reason_is_named(come_from: str, to: str, mover: Mover, pointer: str) -> None:
    told = refusal(standing(come_from), to, mover, note="  ")
    assert (told.status, [error.pointer for error in told.errors]) == (422, [pointer])


@pytest.mark.parametrize(("come_from", "to"), [("shared", "accepted"), ("shared", "other-way-offered")])
def test_a_yes_needs_no_reason(come_from: str, to: str) -> None:
    assert move(standing(come_from), to, MANAGER, note="", evidence=()).done


def test_a_yes_may_say_by_when_and_a_no_may_not() -> None:
    assert move(standing("shared"), "accepted", MANAGER, evidence=DATE).recommendation.due == date(2027, 1, 15)
    assert move(standing("shared"), "not-accepted", MANAGER, evidence=DATE).recommendation.due is None


def test_done_needs_something_that_shows_it() -> None:
    told = refusal(standing("doing"), "partner-says-done", MANAGER, evidence=())
    assert (told.status, [error.pointer for error in told.errors]) == (422, ["/evidence"])
    for kind in ("photo", "policy", "training", "other"):
        assert move(standing("doing"), "partner-says-done", MANAGER, evidence=(Evidence(kind, "Look."),)).done
    by_hash = (Evidence("photo", "", "a" * 64),)
    assert move(standing("doing"), "partner-says-done", MANAGER, evidence=by_hash).done
    empty = refusal(standing("doing"), "partner-says-done", MANAGER, evidence=(Evidence("photo", " "),))
    assert empty.errors[0].pointer == "/evidence/0"


def test_a_plan_needs_a_date_of_its_own_or_one_that_was_said() -> None:
    told = refusal(standing("accepted"), "planned", MANAGER, evidence=())
    assert [error.pointer for error in told.errors] == ["/evidence"]
    assert move(replace(standing("accepted"), due=date(2027, 1, 1)), "planned", MANAGER, evidence=()).done
    planned = move(standing("accepted"), "planned", MANAGER, evidence=DATE).recommendation
    assert planned.due == date(2027, 1, 15)
    wrong = refusal(standing("accepted"), "planned", MANAGER, evidence=(Evidence("date", "soon"),))
    assert wrong.errors[0].pointer == "/evidence/0/text"


def test_a_date_may_stand_among_words_and_in_the_note_of_a_plan() -> None:
    told = (Evidence("date", "The screens come on 2027-01-15, at ten."),)
    assert move(standing("accepted"), "planned", MANAGER, evidence=told).recommendation.due == date(2027, 1, 15)
    note = "Not 2027-02-30: the first step is done by 2027-03-01."
    assert move(standing("accepted"), "planned", MANAGER, note=note, evidence=()).recommendation.due == date(2027, 3, 1)
    assert move(standing("shared"), "accepted", MANAGER, note=note, evidence=()).recommendation.due is None
    # What a note tells besides never moves a date that stands.
    due = date(2027, 6, 1)
    dated = replace(standing("accepted"), due=due)
    assert move(dated, "planned", MANAGER, note=note, evidence=()).recommendation.due == due


def test_when_something_was_done_may_be_told_in_any_words() -> None:
    assert move(standing("doing"), "partner-says-done", MANAGER, evidence=(Evidence("date", "Last Tuesday"),)).done


def test_words_that_point_at_one_person_are_sent_back() -> None:
    told = refusal(standing("shared"), "not-accepted", MANAGER, note="Mr Jones says no.")
    assert told.errors[0].pointer == "/note"


def test_sharing_waits_for_the_managers_review_and_starts_the_clock() -> None:
    for stage in ("plan", "fieldwork", "sense-making"):
        told = refusal(standing("agreed"), "shared", LEAD, stage=stage)
        assert (told.status, told.extra["allowed"]) == (409, [])
    shared = move(standing("agreed"), "shared", LEAD, stage="manager-review", note="", evidence=()).recommendation
    assert (shared.shared_at, shared.reply_due) == (NOW, date(2026, 11, 30))


def test_the_working_group_agrees_only_once_all_is_shared() -> None:
    assert refusal(standing("draft"), "agreed", WORKING_GROUP, stage="manager-review").status == 403
    assert move(standing("draft"), "agreed", WORKING_GROUP, stage="shared").done


def test_two_different_volunteers_check_and_the_first_alone_changes_nothing() -> None:
    told = standing("partner-says-done")
    first = move(told, "verified", VOLUNTEER, note="", evidence=())
    assert (first.done, first.recommendation.status) == (False, "partner-says-done")
    assert first.entry is not None
    again = move(told, "verified", VOLUNTEER, history=(first.entry,))
    assert (again.done, again.entry) == (False, None)
    second = move(told, "verified", SECOND_VOLUNTEER, history=(first.entry,))
    assert (second.done, second.recommendation.status) == (True, "verified")
    assert second.recommendation.verified_at == NOW


@pytest.mark.parametrize("mover", [MANAGER, SPONSOR, STAFF, MIXED, LEAD, WORKING_GROUP])
@pytest.mark.parametrize(("come_from", "to"), [("partner-says-done", "verified"), ("verified", "kept-up")])
def test_nobody_of_the_partner_ever_checks(come_from: str, to: str, mover: Mover) -> None:
    assert refusal(standing(come_from), to, mover).status == 403


def test_a_not_yet_throws_earlier_checks_away() -> None:
    told = standing("partner-says-done")
    first = move(told, "verified", VOLUNTEER).entry
    back = move(told, "not-yet", SECOND_VOLUNTEER, history=(first,) if first else ())
    assert first is not None
    assert back.entry is not None
    assert acts_waiting((first, back.entry)) == []


def test_the_next_look_comes_six_months_later() -> None:
    verified = a_recommendation(status="verified", verified_at=datetime(2026, 8, 31, 12, tzinfo=UTC))
    early = refusal(verified, "kept-up", VOLUNTEER, now=datetime(2027, 2, 27, 23, tzinfo=UTC))
    assert (early.status, early.code) == (409, "move-not-allowed")
    assert move(verified, "kept-up", VOLUNTEER, now=datetime(2027, 2, 28, 0, tzinfo=UTC)).done
    assert months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_after(date(2026, 3, 15), 6) == date(2026, 9, 15)


@pytest.mark.parametrize("to", ["paused", "no-longer-relevant"])
def test_the_owner_proposes_a_stop_and_the_working_group_agrees(to: str) -> None:
    doing = standing("doing")
    assert refusal(doing, to, WORKING_GROUP).status == 403
    proposed = move(doing, to, MANAGER)
    assert (proposed.done, proposed.recommendation.status) == (False, "doing")
    assert proposed.entry is not None
    again = move(doing, to, MANAGER, history=(proposed.entry,))
    assert (again.done, again.entry) == (False, None)
    other = "paused" if to == "no-longer-relevant" else "no-longer-relevant"
    assert refusal(doing, other, WORKING_GROUP, history=(proposed.entry,)).status == 403
    agreed = move(doing, to, WORKING_GROUP, history=(proposed.entry,), note="", evidence=())
    assert (agreed.done, agreed.recommendation.status) == (True, to)
    assert agreed.recommendation.due == date(2027, 1, 15)


def test_one_person_cannot_both_propose_and_agree() -> None:
    both = Mover(frozenset({"manager", "working-group"}), "both-key")
    proposed = move(standing("doing"), "paused", both)
    assert proposed.entry is not None
    again = move(standing("doing"), "paused", both, history=(proposed.entry,))
    assert (again.done, again.entry) == (False, None)
    assert move(standing("doing"), "paused", WORKING_GROUP, history=(proposed.entry,)).done


def test_a_stop_needs_a_review_date() -> None:
    told = refusal(standing("accepted"), "paused", MANAGER, evidence=())
    assert [error.pointer for error in told.errors] == ["/evidence"]


def test_the_offers_are_exactly_the_moves_that_work() -> None:
    for status in STATUSES:
        for mover in EVERYBODY:
            recommendation = standing(status)
            offered = {offer.rule.to for offer in offers(recommendation, (), mover, stage="action", today=NOW.date())}
            works = set()
            for to in STATUSES:
                try:
                    move(recommendation, to, mover)
                except Refusal:
                    continue
                works.add(to)
            assert offered == works


wishes = st.lists(
    st.tuples(st.sampled_from(STATUSES), st.sampled_from((*EVERYBODY, SECOND_VOLUNTEER)), st.booleans()), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(wishes)
def test_however_people_move_it_only_the_table_happens(asked: list[tuple[str, Mover, bool]]) -> None:
    recommendation, history = a_recommendation(), []
    for step, (to, mover, bare) in enumerate(asked):
        now = NOW + timedelta(days=step)
        before, kept = recommendation, tuple(history)
        try:
            decision = move(
                recommendation,
                to,
                mover,
                note="" if bare else "Words.",
                evidence=() if bare else PHOTO + DATE,
                history=kept,
                now=now,
            )
        except Refusal:
            continue
        recommendation = decision.recommendation
        if decision.entry is not None:
            history.append(decision.entry)
        assert tuple(history[: len(kept)]) == kept
        if not decision.done:
            assert recommendation == before
            continue
        assert (before.status, recommendation.status) in ALLOWED
        if recommendation.status == "verified":
            check_two_hands(history)


def check_two_hands(history: list[Entry]) -> None:
    """What was verified was checked by two volunteers, neither of them of the partner."""
    since = len(history) - 1
    while since > 0 and history[since - 1].kind != "move":
        since -= 1
    hands = {entry.actor for entry in history[since:] if entry.to_status == "verified"}
    assert hands == {VOLUNTEER.key, SECOND_VOLUNTEER.key}
