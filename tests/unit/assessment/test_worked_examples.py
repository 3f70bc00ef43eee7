"""The worked examples of domain.md §3.10, with their published figures."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.agreement import alpha, summary
from services.assessment.domain.comparison import sign_test
from services.assessment.domain.contribution import contribution
from services.assessment.domain.result import wave_result
from services.assessment.domain.rounding import decimals
from services.assessment.domain.tally import Turn, VolunteerCard, WaveTally, add
from services.assessment.domain.waves import Wave
from services.assessment.domain.wilson import prevalence
from tests.unit.assessment.counted import PIE, SHOP, compared, of, result
from tests.unit.assessment.sent import environment, talk


def only_these_items(zone: str, visits: list[dict[str, Any]], codes: set[str]) -> Any:
    """The result as if the instrument asked only these items, as the examples do."""
    small = replace(PIE, items=tuple(item for item in PIE.items if item.code[2:] in codes))
    tally = WaveTally()
    for visit in visits:
        add(tally, VolunteerCard(), Turn(visit["received_at"], visit["visit_id"]), contribution(visit, small))
    return wave_result("e", "s", [zone], [Wave(1, tally, small, SHOP)])


def test_example_1_one_visit_to_the_waiting_zone() -> None:
    answers = dict(
        zip(
            [f"WA-{at:02d}" for at in range(1, 12)],
            ["t2", "t3", "t1", "fine", "fine", "t1c1", "c2", "fine", "not-here", "did-not-see", "skip"],
            strict=True,
        )
    )
    found = only_these_items("WA", [environment(1, answers, zones=["WA"])], set(answers))
    (zone,) = found["zones"]
    assert (zone["trigger"]["points"], zone["trigger"]["maximum"]) == (7, 18)
    assert (zone["comfort"]["points"], zone["comfort"]["maximum"]) == (3, 21)
    assert (zone["coverage"]["countable"], zone["coverage"]["asked"], zone["coverage"]["not_applicable"]) == (8, 11, 1)
    assert zone["red"] == ["P-WA-02"]
    assert zone["sure"] == zone["state"] == "one-persons-view"
    # Display for one visit: no percentage, no band.
    assert zone["trigger"]["percent"] is None
    assert zone["band"] is zone["band_by_points"] is zone["coverage"]["percent"] is None
    # The figures behind it show with a second, equal visit.
    twice = [environment(1, answers, zones=["WA"]), environment(2, answers, zones=["WA"])]
    (zone,) = only_these_items("WA", twice, set(answers))["zones"]
    assert zone["trigger"]["percent"] == 38.9
    assert zone["comfort"]["percent"] == 14.3
    assert zone["coverage"]["percent"] == 80.0


RECEPTION = [
    {"RE-01": "fine", "RE-02": "t1", "RE-03": "t3", "RE-04": "t1"},
    {"RE-01": "fine", "RE-02": "fine", "RE-03": "fine", "RE-04": "did-not-see"},
    {"RE-01": "fine", "RE-02": "t1", "RE-03": "fine", "RE-04": "fine"},
]


def test_example_2_three_visits_to_reception() -> None:
    visits = [environment(at, answers) for at, answers in enumerate(RECEPTION, 1)]
    visits[1]["volunteer_key"] = visits[2]["volunteer_key"]
    found = only_these_items("RE", visits, set(RECEPTION[0]))
    (zone,) = found["zones"]
    assert zone == {
        "zone": "RE",
        "visits": 3,
        "volunteers": 3,
        "sure": "fair",
        "state": "scored",
        "trigger": {"points": 6, "maximum": 33, "percent": 18.2, "range": [0.0, 41.7]},
        "comfort": {"points": 0, "maximum": 18, "percent": 0.0, "range": [0.0, 0.0]},
        "band": "strained",
        "band_by_points": "some-strain",
        "caps": ["open-red"],
        "coverage": {"countable": 11, "asked": 12, "not_applicable": 0, "percent": 91.7},
        "red": ["P-RE-03"],
        "amber": ["P-RE-02"],
        "strength": [],
        "why": None,
    }
    assert found["swing"] == 33.3
    told = {
        item["item"]: (item["flag"], item["k"], item["n"], *(item["prevalence"].values())) for item in found["items"]
    }
    assert told == {
        "P-RE-01": ("not-seen", 0, 3, 0.0, 0.0, 56.1),
        "P-RE-02": ("amber", 2, 3, 66.7, 20.8, 93.9),
        "P-RE-03": ("red", 1, 3, 33.3, 6.1, 79.2),
        "P-RE-04": ("watch", 1, 2, 50.0, 9.5, 90.5),
    }
    desk = of(found, "items", "P-RE-03")
    assert (desk["median"], desk["max"], desk["triggers"], desk["comforts"]) == (0, 3, [0, 0, 3], [])
    assert found["site"]["trigger_percent"] == 18.2
    assert (found["site"]["peak_zone"], found["site"]["band"]) == ("RE", "strained")


BEFORE = {
    "WA-02": "t3 t2 t1 t2",
    "EN-01": "t2 t3 t2 t1",
    "RE-03": "t3 fine fine fine",
    "TO-01": "t1 t1 fine t1",
    "AZ-03@WA": "fine fine fine fine",
    "TS-01": "t3 not-here not-here not-here",
}
AFTER = {
    "WA-02": "t1 fine fine t1",
    "EN-01": "t3 fine fine fine",
    "RE-03": "fine fine did-not-see fine",
    "TO-01": "t1 fine t1 t1",
    "AZ-03@WA": "t2 t1 fine fine",
    "TS-01": "not-here not-here not-here not-here",
}


def four_visits(said: dict[str, str], start: int) -> list[dict[str, Any]]:
    """Four visits by four people; each item's answers side by side."""
    zones = ["EN", "RE", "WA", "TS", "TO"]
    return [
        environment(
            start + at, {place: words.split()[at] for place, words in said.items()}, zones=zones, volunteer=f"v{at}"
        )
        for at in range(4)
    ]


def test_example_3_before_and_after() -> None:
    found = compared(four_visits(BEFORE, 1), four_visits(AFTER, 11))
    rows = {
        row["item"]: (row["from_percent"], row["to_percent"], row["verdict"], row["flag"]) for row in found["items"]
    }
    assert rows == {
        "P-WA-02": (66.7, 16.7, "better", "resolved"),
        "P-EN-01": (66.7, 25.0, "better", "still-open"),
        "P-RE-03": (25.0, 0.0, "better", "resolved"),
        "P-TO-01": (25.0, 25.0, "same", "none"),
        "P-AZ-03": (0.0, 25.0, "worse", "new-amber"),
    }
    assert found["unmatched"] == [{"item": "P-TS-01", "zone": "TS", "why": "not-seen-after", "flag": "cannot-tell"}]
    assert found["matched"] == 5
    assert found["trigger_from"] == {"points": 22, "maximum": 60, "percent": 36.7}
    assert found["trigger_to"] == {"points": 11, "maximum": 57, "percent": 19.3}
    assert found["change"] == -17.4
    assert (found["better"], found["same"], found["worse"]) == (3, 1, 1)
    assert found["sign_test"] is None
    after = result(four_visits(BEFORE, 1), four_visits(AFTER, 11))
    assert after["site"]["open_red"] == [
        {"item": "P-EN-01", "zone": "EN", "since_wave": 1},
        {"item": "P-TS-01", "zone": "TS", "since_wave": 1},
    ]


def test_example_4_mystery_shop() -> None:
    said = {
        "WE-01": "2 2 1",
        "CV-02": "2 1 2",
        "WE-03": "0 1 not-applicable",
        "OU-04": "2 0 2",
        "AF-01": "too-soon 2 skip",
    }
    visits = [talk(at + 1, {code: words.split()[at] for code, words in said.items()}) for at in range(3)]
    shop = result(visits)["mystery_shop"]
    assert (shop["visits"], shop["points"], shop["maximum"], shop["percent"]) == (3, 17, 24, 70.8)
    assert shop["range"] == [60.0, 83.3]
    private, next_step = of(shop, "items", "M-WE-03"), of(shop, "items", "M-OU-04")
    assert (private["percent"], private["ones_or_more"], private["n"], private["flag"]) == (25.0, 1, 2, "red")
    assert (next_step["percent"], next_step["ones_or_more"], next_step["n"], next_step["flag"]) == (66.7, 2, 3, "red")
    assert [item["item"] for item in shop["items"] if item["flag"] == "red"] == ["M-WE-03", "M-OU-04"]


def units(*raters: str) -> list[dict[int, int]]:
    """Rows of values, one rater a row, `*` for none, as histograms by unit."""
    found = []
    for column in zip(*(row.split() for row in raters), strict=True):
        values = [int(value) for value in column if value != "*"]
        found.append({value: values.count(value) for value in values})
    return found


TWO = units("0 0 1 2 3 0 1 2 0 3", "0 1 1 2 2 0 1 2 0 3")
PARADOX = units("1 1 1 1 1 1 1 1 1 0", "1 1 1 1 1 1 1 1 0 1")
KWI = units(
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
)
IRR = units(
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
)


@pytest.mark.parametrize(
    ("data", "level", "published"),
    [
        (TWO, "nominal", 0.740),
        (TWO, "ordinal", 0.920),
        (TWO, "interval", 0.918),
        (PARADOX, "nominal", -0.056),
        (KWI, "nominal", 0.691),
        (KWI, "interval", 0.811),
        (IRR, "nominal", 0.743),
        (IRR, "ordinal", 0.815),
        (IRR, "interval", 0.849),
    ],
)
def test_example_5_alpha_and_the_published_vectors(data: list[dict[int, int]], level: str, published: float) -> None:
    found = alpha(data, level)
    assert found is not None
    assert decimals(found, 3) == published


def test_example_5_agreement() -> None:
    found = summary(TWO, "ordinal", within_one=True)
    assert (found["exact_percent"], found["within_one_percent"], found["alpha"]) == (80.0, 100.0, 0.92)
    assert (found["units"], found["pairs"], found["says"]) == (10, 10, "good")
    paradox = summary(PARADOX, "nominal", within_one=False)
    assert (paradox["exact_percent"], paradox["alpha"], paradox["says"]) == (80.0, -0.056, "talk-it-over")
    assert paradox["note"] is not None


@given(st.lists(st.lists(st.integers(0, 3), min_size=0, max_size=5), min_size=2, max_size=12))
def test_alpha_is_that_of_the_krippendorff_package(said: list[list[int]]) -> None:
    values = [value for unit in said if len(unit) >= 2 for value in unit]
    if len(set(values)) < 2:
        assert alpha([{v: u.count(v) for v in u} for u in said], "ordinal") is None
        return
    table = np.full((5, len(said)), np.nan)
    for column, unit in enumerate(said):
        table[: len(unit), column] = unit
    for level in ("nominal", "ordinal", "interval"):
        ours = alpha([{v: u.count(v) for v in u} for u in said], level)
        assert ours is not None
        theirs = krippendorff.alpha(reliability_data=table, level_of_measurement=level)
        assert float(ours) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 1, 0, 79.3),
        (0, 2, 0, 65.8),
        (0, 3, 0, 56.1),
        (0, 4, 0, 49.0),
        (0, 6, 0, 39.0),
        (0, 10, 0, 27.8),
        (1, 4, 4.6, 69.9),
        (3, 4, 30.1, 95.4),
        (3, 3, 43.9, 100),
        (29, 87, 24.3, 43.8),
    ],
)
def test_the_wilson_table(k: int, n: int, low: float, high: float) -> None:
    found = prevalence(k, n)
    assert (found.low, found.high) == (low, high)


def test_the_sign_test() -> None:
    assert sign_test(5, 0) is None
    assert sign_test(6, 0) == {"untied": 6, "better": 6, "p": 0.0313, "note": "rough guide"}
    assert sign_test(3, 3) == {"untied": 6, "better": 3, "p": 1.0, "note": "rough guide"}
    # 5 of 5 would have given .0625, which is why six are asked for.
    assert Fraction(2, 2**5) == Fraction(625, 10000)
