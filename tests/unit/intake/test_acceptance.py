"""The rules of the table in wire.md §3, asked one by one and against every item of both instruments."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import acceptance
from shared.contracts.instruments import load
from shared.contracts.refusals import Refusal

PIE, SHOP = load("pie-environment", 1), load("mystery-shop", 1)
LONGEST = 4000
STRENGTHS = {"bad": {"trigger"}, "good": {"comfort"}, "both": {"trigger", "comfort"}}
TAKES = {"T": {"bad"}, "C": {"good"}, "B": {"bad", "good", "both"}}


def faults_of(answer: Any, form: str = "long") -> acceptance.Faults:
    return acceptance.environment_answers([answer], PIE, form, LONGEST)[1]


@pytest.mark.parametrize("at", sorted(PIE.places))
@pytest.mark.parametrize("chosen", ["bad", "good", "both", "fine", "not-here", "did-not-see", "skip"])
def test_every_item_takes_exactly_the_answers_of_its_kind(at: tuple[str, str], chosen: str) -> None:
    code, zone = at
    needs = STRENGTHS.get(chosen, set())
    answer = {"item": code, "zone": zone, "answer": chosen, **dict.fromkeys(needs, 2)}
    right = chosen not in STRENGTHS or chosen in TAKES[PIE.item(code).kind]
    assert (faults_of(answer) == {}) is right
    if right:
        for name in ("trigger", "comfort"):
            other = {key: value for key, value in answer.items() if key != name}
            if name not in needs:
                other[name] = 1
            assert list(faults_of(other)[0]) == [name]


@pytest.mark.parametrize("at", sorted(PIE.places))
def test_the_short_form_takes_marked_items_and_any_core_item(at: tuple[str, str]) -> None:
    item = PIE.item(at[0])
    answer = {"item": at[0], "zone": at[1], "answer": "fine"}
    assert (faults_of(answer, "short") == {}) is (item.short or item.core)


@pytest.mark.parametrize("channel", ["face-to-face", "phone", "web"])
def test_a_mystery_shop_takes_the_items_of_its_channel_only(channel: str) -> None:
    asked = {item.code for item in SHOP.for_channel(channel)}
    for item in SHOP.items:
        _, faults = acceptance.mystery_answers([{"item": item.code, "answer": "1"}], SHOP, channel, LONGEST)
        assert (faults == {}) is (item.code in asked)


@pytest.mark.parametrize("code", [item.code for item in SHOP.items])
def test_too_soon_is_an_answer_only_of_what_comes_after(code: str) -> None:
    channel = next(c.code for c in SHOP.channels if code in {item.code for item in SHOP.for_channel(c.code)})
    _, faults = acceptance.mystery_answers([{"item": code, "answer": "too-soon"}], SHOP, channel, LONGEST)
    assert (faults == {}) is (SHOP.item(code).stage == "AF")


def test_nothing_that_is_null_is_kept_and_nothing_else_is_lost() -> None:
    answer = {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 1, "comfort": None, "words": "Ä 😀\n"}
    kept, faults = acceptance.environment_answers([answer], PIE, "long", LONGEST)
    assert faults == {}
    assert kept == [{"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 1, "words": "Ä 😀\n"}]


@given(st.text(max_size=30))
def test_words_are_refused_only_for_what_cannot_be_kept(words: str) -> None:
    fault = acceptance.words_fault(words, 20)
    storable = not any(ord(sign) < 32 and sign not in "\t\n\r" for sign in words)
    assert (fault is None) is (len(words) <= 20 and storable)


@pytest.mark.parametrize(
    ("stage", "wave", "is_open"),
    [
        ("plan", 1, False),
        ("fieldwork", 1, True),
        ("fieldwork", 2, True),
        ("sense-making", 1, False),
        ("manager-review", 2, False),
        ("shared", 2, False),
        ("action", 1, False),
        ("action", 2, True),
        ("closed", 2, False),
    ],
)
def test_visits_are_taken_in_fieldwork_and_later_waves_in_action(stage: str, wave: int, is_open: bool) -> None:
    if is_open:
        acceptance.refuse_unless_open(stage, wave, opened=False)
        return
    with pytest.raises(Refusal) as refused:
        acceptance.refuse_unless_open(stage, wave, opened=False)
    assert (refused.value.status, refused.value.code) == (409, "not-open")


def test_a_round_that_is_open_to_the_partner_takes_no_visit() -> None:
    with pytest.raises(Refusal) as refused:
        acceptance.refuse_unless_open("action", 2, opened=True)
    assert (refused.value.status, refused.value.code) == (409, "not-open")


@pytest.mark.parametrize(
    ("day", "today", "right"),
    [
        ("2026-10-01", "2026-10-01", True),
        ("2026-09-30", "2026-10-10", False),
        ("2026-10-31", "2026-11-20", True),
        ("2026-11-07", "2026-11-20", True),
        ("2026-11-08", "2026-11-20", False),
        ("2026-10-11", "2026-10-10", False),
    ],
)
def test_a_visit_lies_in_its_wave_with_seven_days_grace_and_not_in_the_future(
    day: str, today: str, right: bool
) -> None:
    visit = {"visited_on": day, "kind": "mystery-shop", "photos": [], "answers": [], "first_impressions": {}}

    def ask() -> None:
        acceptance.refuse_outside(
            visit,
            today=date.fromisoformat(today),
            opens=date(2026, 10, 1),
            closes=date(2026, 10, 31),
            site_zones=("WA",),
            photos_allowed=True,
        )

    if right:
        ask()
        return
    with pytest.raises(Refusal) as refused:
        ask()
    assert [error.pointer for error in refused.value.errors] == ["/visited_on"]
