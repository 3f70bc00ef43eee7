"""What is quick for the answers and bodies that nearly every phone sends says the same as the long way round."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.acceptance import environment_answers
from services.intake.domain.visit import content_digest
from shared.contracts.instruments import load
from shared.contracts.refusals import Refusal
from shared.contracts.strict_json import read_json
from shared.contracts.visits import _ANSWER_KEYS, _answer_fault, _is_bare

INSTRUMENT = load("pie-environment", 1)
PLACES = sorted(INSTRUMENT.places)[:12]
ODD: Any = st.sampled_from([None, "", "nowhere", 3, True, ["AP"], {"a": 1}])
SAID = st.sampled_from(["fine", "not-here", "did-not-see", "skip", "bad", "good"])


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Mostly an item where it is asked and a bare answer; now and then anything else."""
    code, zone = draw(st.sampled_from(PLACES))
    found: dict[str, Any] = {"item": code, "zone": zone, "answer": draw(SAID)}
    if draw(st.integers(0, 4)) == 0:
        found[draw(st.sampled_from(["item", "zone", "answer", "trigger", "comfort", "other"]))] = draw(ODD)
    if draw(st.integers(0, 9)) == 0:
        del found[draw(st.sampled_from(["item", "zone", "answer"]))]
    return found


@given(st.lists(answers(), max_size=15), st.sampled_from(["long", "short"]))
def test_bare_answers_are_judged_as_all_others(given: list[dict[str, Any]], form: str) -> None:
    # With words that are nothing, none of them is bare.
    long_way = environment_answers([{**answer, "words": None} for answer in given], INSTRUMENT, form, 100)
    assert environment_answers(given, INSTRUMENT, form, 100) == long_way


@given(answers(), st.sampled_from([None, None, 1, 9, True]), st.sampled_from(["trigger", "comfort"]))
def test_what_an_event_says_quickly_is_right_the_long_way_too(given: dict[str, Any], odd: Any, name: str) -> None:
    answer = {"trigger": None, "comfort": None, **given, name: odd}
    if _is_bare(answer):
        assert _answer_fault(answer, strict=True) == {}
    elif answer.keys() == _ANSWER_KEYS and answer["trigger"] is None and answer["comfort"] is None:
        assert _answer_fault(answer, strict=True) != {}


def test_the_digest_of_a_bare_answer_is_what_it_always_was() -> None:
    visit = {"photos": [], "zones_complete": ["AP"]}
    bare = {"item": "E1", "zone": "AP", "answer": "fine"}
    assert content_digest({**visit, "answers": [bare]}) == content_digest({**visit, "answers": [{**bare, "words": ""}]})


PLAIN = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=5)
VALUES = st.recursive(
    PLAIN | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), st.sampled_from([None, 1]))
def test_a_body_is_read_as_json_reads_it(body: dict[str, Any], indent: int | None) -> None:
    for ascii_only in (True, False):
        text = json.dumps(body, ensure_ascii=ascii_only, indent=indent)
        assert repr(read_json(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"a" : 1, "a" :2}',
        b'{"answers":[{"item":"x","item":"y"}]}',
        b'{"answers":[{"item":"x","\\u0069tem":"y"}]}',
        b'{"consents":{"quote":true,"quote":false}}',
        b'{"photos":[{"annotations":[{"a":{"b":1,"b":2}}]}]}',
        b'{"words":"a:b","answers":[{"item":1,"item":2}]}',
    ],
)
def test_a_name_that_stands_twice_is_found_on_every_way(raw: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_json(raw)
    assert "stands twice" in refused.value.errors[0].detail


@pytest.mark.parametrize("raw", [b'{"a":NaN}', b'{"a":Infinity}', b"{", b'{"a":1}x', b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused_on_every_way(raw: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_json(raw)
    assert refused.value.status == 400
