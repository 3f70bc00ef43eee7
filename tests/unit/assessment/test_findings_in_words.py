"""What was found is said in sentences with a verb, and the sentences of one page do not disagree."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from services.assessment.domain import sentences
from services.assessment.domain.headings import heading, thing
from shared.contracts.instruments import load, published
from tests.unit.assessment.counted import PIE, result
from tests.unit.assessment.sent import environment, talk

WANTING = re.compile("^(Not|No|Having|Too|Poor|Being (stopped|over)|It helped|How hard|.*stuffy)")


def test_every_question_that_can_become_a_finding_has_a_sentence_of_its_own() -> None:
    for name, version in published():
        for item in load(name, version).items:
            if item.takes_trigger:
                assert heading(item, "red").endswith(" got to people"), item.code
                assert thing(item) != item.prompt
            if item.takes_comfort:
                assert heading(item, "strength").endswith(" helped people"), item.code
                assert not WANTING.match(heading(item, "strength")), item.code
            if item.must_have:
                assert "?" not in heading(item, "red"), item.code


def test_a_question_of_a_group_itself_is_told_with_its_own_words() -> None:
    item = replace(next(iter(PIE.items)), code="X-01", prompt="How was the lift?")
    assert heading(item, "amber") == "It got to people: How was the lift?"
    assert heading(item, "strength") == "It helped people: How was the lift?"
    assert thing(item) == "How was the lift?"


def test_the_first_sentence_names_the_word_that_an_open_red_flag_makes_it() -> None:
    found = result([environment(at, {"RE-03": "t3"} if at == 1 else {}, complete=["RE"]) for at in (1, 2, 3)])
    assert (found["site"]["band"], found["site"]["band_by_points"]) == ("strained", "calm")
    red = [{"kind": "red", "state": "open"}]
    assert sentences.how_it_was(found, red).endswith("But one red flag is open, so we call it strained.")
    assert "would be calm" in (sentences.band_in_words(found["site"]) or "")
    plain = result([environment(at, {}, complete=["RE"]) for at in (1, 2, 3)])
    assert sentences.how_it_was(plain, red).endswith(". One red flag is open.")
    assert sentences.band_in_words(plain["site"]) is None


def test_how_sure_we_are_is_said_of_the_building_and_of_the_talk_each() -> None:
    found = result([environment(at, {"RE-01": "fine"}) for at in (1, 2, 3, 4)] + [talk(9, {"WE-01": "2"})])
    assert "four visits" in sentences.how_sure(found["site"])
    assert sentences.how_sure(found["mystery_shop"]) == "This rests on one visit by one volunteer."


def test_agreement_is_said_without_statistics_and_its_figures_apart() -> None:
    part: dict[str, Any] = {"says": "talk-it-over", "note": "alpha is low", "why": None, "pairs": 30, "units": 10}
    part |= {"exact_percent": 90.0, "within_one_percent": 96.7, "alpha": -0.048, "level": "ordinal"}
    assert sentences.agreement_in_words(part) == "Nearly all answers were the same."
    told = sentences.figures_of_agreement(part) or ""
    assert "90.0%" in told
    assert "alpha (ordinal) is -0.048" in told
    hidden = dict.fromkeys(part) | {"level": "ordinal", "why": "Numbers are shown from 3 visits"}
    assert sentences.figures_of_agreement(hidden) is None


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, "less than once in 1,000 times"),
        (0.0009, "less than once in 1,000 times"),
        (0.0034, "about 3 in 1,000 times"),
        (0.0313, "about 3 in 100 times"),
        (1.0, "about 100 in 100 times"),
    ],
)
def test_chance_is_never_nought(p: float, said: str) -> None:
    assert sentences.chance_in_words(p) == said
