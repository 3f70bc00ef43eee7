"""When a visit is the same again, how far it has got, which words may be quoted, and what to look at in them."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.draft import draft_of, visit_of
from services.intake.domain.visit import CONSENTS, content_digest, kept_for_scores, receipt_state
from services.intake.domain.words import covered, doubts, pieces, quotable
from shared.contracts.instruments import load

PIE = load("pie-environment", 1)


def visit(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "exercise_id": "e",
        "form": "long",
        "kind": "environment",
        "stopped_early": False,
        "keep_answers": False,
        "zones_complete": ["WA", "RE"],
        "answers": [
            {"item": "P-WA-02", "zone": "WA", "answer": "fine", "words": "Fine."},
            {"item": "P-AZ-01", "zone": "WA", "answer": "skip"},
            {"item": "P-AZ-01", "zone": "RE", "answer": "bad", "trigger": 1},
        ],
        "first_impressions": {"WA": "Cold."},
        "faces": {},
        "photos": [],
        "consents": dict.fromkeys(CONSENTS, False) | {"quote": True},
    }
    return base | changes


@given(st.permutations(visit()["answers"]), st.permutations(sorted(visit())))
def test_the_order_of_answers_and_of_fields_makes_no_other_visit(answers: list[Any], names: list[str]) -> None:
    other = {name: visit()[name] for name in names} | {"answers": answers, "zones_complete": ["RE", "WA"]}
    assert content_digest(other) == content_digest(visit())


def test_any_other_word_makes_another_visit() -> None:
    changed = copy.deepcopy(visit())
    changed["answers"][0]["words"] = "Fine!"
    assert content_digest(changed) != content_digest(visit())


@pytest.mark.parametrize(
    ("states", "handed_on", "state"),
    [
        ([], False, "safe"),
        ([], True, "processed"),
        (["missing", "cleaned"], True, "receiving"),
        (["safe", "cleaned"], True, "safe"),
        (["cleaned", "refused"], False, "safe"),
        (["cleaned", "refused"], True, "processed"),
    ],
)
def test_how_far_a_visit_has_got(states: list[str], handed_on: bool, state: str) -> None:
    assert receipt_state(states, handed_on=handed_on) == state


def test_a_stopped_visit_counts_only_by_permission() -> None:
    assert kept_for_scores(visit())
    assert not kept_for_scores(visit(stopped_early=True))
    assert kept_for_scores(visit(stopped_early=True, keep_answers=True))


def test_words_are_quotable_only_by_permission_and_keep_their_id() -> None:
    assert quotable("v", visit(consents=dict.fromkeys(CONSENTS, True) | {"quote": False}), {}) == []
    assert quotable("v", visit(stopped_early=True), {}) == []
    first, second = quotable("v", visit(), {})
    assert (first.item, first.zone, first.text) == ("P-WA-02", "WA", "Fine.")
    assert (second.item, second.zone, second.text) == (None, "WA", "Cold.")
    assert quotable("v", visit(zones_complete=[]), {}) == [first, second]
    assert quotable("w", visit(), {})[0].words_id != first.words_id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mr Brown was rude.", ["Mr Brown"]),
        ("The woman at desk 4 laughed.", ["desk 4"]),
        ("I called 01273 555 010 twice.", ["01273 555 010"]),
        ("My number is AB 12 34 56 C.", []),
        ("My number is AB 12 34 56 C.", ["AB 12 34 56 C"]),
        ("It was Tuesday at 10:30.", ["Tuesday", "10:30"]),
        ("A man with red hair sat there.", ["man with red"]),
        ("they asked Sarah to help", ["Sarah"]),
        ("write to a.b@example.org", ["a.b@example.org"]),
        ("I felt calm and the light was soft.", []),
    ],
)
def test_what_might_tell_who_when_or_where_is_pointed_at(text: str, found: list[str]) -> None:
    marked = [text[doubt.start : doubt.end] for doubt in doubts(text)]
    assert [one for one in found if one not in marked] == []
    if not found:
        assert [one for one in marked if not any(sign.isdigit() for sign in one)] == []


@given(st.text("aA1 .,:@Mr\n", max_size=60))
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in pieces(text)) == text
    for before, after in zip(doubts(text), doubts(text)[1:], strict=False):
        assert before.end <= after.start


@given(st.text("aA1 .,:@Mr\n", max_size=60))
def test_covering_takes_what_is_marked_and_nothing_else(text: str) -> None:
    left = re.split(r"\[[^]]*\]", covered(text))
    plain = [piece for piece, why in pieces(text) if not why]
    assert "".join(left) == "".join(plain)
    assert len(left) == 1 + len(doubts(text))


def test_covered_words_say_what_kind_of_thing_stood_there() -> None:
    said = "Mr Brown at desk 4, a man with a beard, rang 01273 123456 on Monday; AB 12 34 56 C, and Dave."
    assert covered(said) == "[a name] at [a place], a […], rang [a phone number] [a day]; [a number], and [a name]."


def test_a_visit_opened_to_be_corrected_and_not_changed_is_the_same_visit() -> None:
    opened = draft_of(visit(), '"1-x"')
    assert content_digest(visit_of(opened, PIE)) == content_digest(visit())
