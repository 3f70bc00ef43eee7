"""The references are worth something only if they give the figures that `domain.md` §3.10 worked out by hand."""

from typing import Any

import pytest

from tests.acceptance.reference_agreement import alpha
from tests.acceptance.reference_comparison import comparison
from tests.acceptance.reference_items import ITEMS, MYSTERY_ITEMS, items_in_zones
from tests.acceptance.reference_numbers import Either, rounded, wilson
from tests.acceptance.reference_scoring import Sent, wave_result

PLACE = {"exercise_id": "e", "site_id": "s"}


def check(number: int, wave: int, answers: dict[str, tuple[str, int, int]], **more: Any) -> Sent:
    """A short way to write an environment visit: {"RE-01": ("bad", 2, 0)}."""
    entries = [
        {"item": f"P-{code[:5]}", "zone": code[6:] or code[:2], "answer": a, "trigger": t or None, "comfort": c or None}
        for code, (a, t, c) in answers.items()
    ]
    body = {"kind": "environment", "instrument": "pie-environment", "instrument_version": 1, "form": "long"}
    return Sent(str(number), f"v{number}", number, {**body, "wave": wave, "answers": entries, **more})


def strengths(*triggers: int | str) -> list[tuple[str, int, int]]:
    """0–3 as answers; a word as itself."""
    return [(t, 0, 0) if isinstance(t, str) else ("bad", t, 0) if t else ("fine", 0, 0) for t in triggers]


def visits(wave: int, columns: dict[str, list[tuple[str, int, int]]]) -> list[Sent]:
    """The columns of an example, turned into one visit per place in them."""
    count = len(next(iter(columns.values())))
    return [check(10 * wave + i, wave, {code: said[i] for code, said in columns.items()}) for i in range(count)]


def one(rows: list[dict[str, Any]], **keys: str) -> dict[str, Any]:
    """The only row with these values."""
    (row,) = [row for row in rows if all(row[key] == value for key, value in keys.items())]
    return row


def test_the_tables_have_every_item() -> None:
    assert len(ITEMS) == 63
    assert sum(item.core for item in ITEMS.values()) == 9
    assert sum(item.short for item in ITEMS.values()) == 24
    assert len(items_in_zones(["AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX"])) == 90
    assert len(MYSTERY_ITEMS) == 37
    assert sum(item.scored for item in MYSTERY_ITEMS.values()) == 36


def test_example_1_one_visit_shows_points_and_flags_and_no_percent() -> None:
    said = ["bad2", "bad3", "bad1", "fine", "fine", "both11", "good2", "fine", "not-here", "did-not-see", "skip"]
    answers = {
        f"WA-{i:02}": (
            word.rstrip("123"),
            int(word[-2:][0]) if word == "both11" else int(word[-1]) if word.startswith("bad") else 0,
            1 if word == "both11" else int(word[-1]) if word.startswith("good") else 0,
        )
        for i, word in enumerate(said, 1)
    }
    zone = one(wave_result(PLACE, [check(1, 1, answers)], ["WA"], 1)["zones"], zone="WA")
    assert (zone["trigger"]["points"], zone["trigger"]["maximum"], zone["trigger"]["percent"]) == (7, 18, None)
    assert (zone["comfort"]["points"], zone["comfort"]["maximum"], zone["comfort"]["percent"]) == (3, 21, None)
    assert zone["coverage"]["countable"] == 8
    assert zone["coverage"]["not_applicable"] == 1
    assert (zone["state"], zone["red"], zone["band"]) == ("one-persons-view", ["P-WA-02"], None)


def test_example_2_pools_points_and_caps_the_band() -> None:
    columns = {
        "RE-01": strengths(0, 0, 0),
        "RE-02": strengths(1, 0, 1),
        "RE-03": strengths(3, 0, 0),
        "RE-04": strengths(1, "did-not-see", 0),
        # The example asks only four of the zone's items: the others are taken out of the count as not here.
        **{f"AZ-0{n}/RE": [("not-here", 0, 0)] * 3 for n in range(1, 10)},
        **{f"RE-0{n}": [("not-here", 0, 0)] * 3 for n in (5, 6)},
    }
    result = wave_result(PLACE, visits(1, columns), ["RE"], 1)
    zone = one(result["zones"], zone="RE")
    assert zone["trigger"] == {"points": 6, "maximum": 33, "percent": 18.2, "range": [0.0, 41.7]}
    assert zone["comfort"] == {"points": 0, "maximum": 18, "percent": 0.0, "range": [0.0, 0.0]}
    assert (zone["band"], zone["band_by_points"], zone["caps"]) == ("strained", "some-strain", ["open-red"])
    assert (zone["red"], zone["amber"], zone["coverage"]["percent"]) == (["P-RE-03"], ["P-RE-02"], 91.7)
    assert (result["swing"], result["sure"]) == (33.3, "fair")
    red = one(result["items"], item="P-RE-03")
    assert (red["triggers"], red["median"], red["max"], red["percent"]) == ([0, 0, 3], 0, 3, 33.3)
    assert red["prevalence"] == {"percent": 33.3, "low": 6.1, "high": 79.2}
    assert one(result["items"], item="P-RE-02")["prevalence"] == {"percent": 66.7, "low": 20.8, "high": 93.9}
    watch = one(result["items"], item="P-RE-04")
    assert (watch["flag"], watch["prevalence"]["low"], watch["prevalence"]["high"]) == ("watch", 9.5, 90.5)
    unseen = one(result["items"], item="P-RE-01")
    assert (unseen["flag"], unseen["prevalence"]["low"], unseen["prevalence"]["high"]) == ("not-seen", 0.0, 56.1)
    open_red = [{"item": "P-RE-03", "zone": "RE", "since_wave": 1}]
    assert result["site"] == {"trigger_percent": 18.2, "peak_zone": "RE", "open_red": open_red, "band": "strained"}


def test_example_3_before_and_after() -> None:
    before = {
        "WA-02": strengths(3, 2, 1, 2),
        "EN-01": strengths(2, 3, 2, 1),
        "RE-03": strengths(3, 0, 0, 0),
        "TO-01": strengths(1, 1, 0, 1),
        "AZ-03/WA": strengths(0, 0, 0, 0),
        "TS-01": strengths(3, "not-here", "not-here", "not-here"),
    }
    after = {
        "WA-02": strengths(1, 0, 0, 1),
        "EN-01": strengths(3, 0, 0, 0),
        "RE-03": strengths(0, 0, "did-not-see", 0),
        "TO-01": strengths(1, 0, 1, 1),
        "AZ-03/WA": strengths(2, 1, 0, 0),
        "TS-01": strengths(*["not-here"] * 4),
    }
    result = comparison(visits(1, before) + visits(2, after), ["EN", "RE", "WA", "TS", "TO"], 1, 2)
    assert result["trigger_from"] == {"points": 22, "maximum": 60, "percent": Either((36.7,))}
    assert result["trigger_to"] == {"points": 11, "maximum": 57, "percent": Either((19.3,))}
    assert (result["matched"], result["change"], result["sign_test"]) == (5, -17.4, None)
    assert (result["better"], result["same"], result["worse"]) == (3, 1, 1)
    rows = {
        row["item"]: (row["from_percent"], row["to_percent"], row["verdict"], row["flag"]) for row in result["items"]
    }
    assert rows == {
        "P-WA-02": (66.7, 16.7, "better", "resolved"),
        "P-EN-01": (66.7, 25.0, "better", "still-open"),
        "P-RE-03": (25.0, 0.0, "better", "resolved"),
        "P-TO-01": (25.0, 25.0, "same", "none"),
        "P-AZ-03": (0.0, 25.0, "worse", "new-amber"),
    }
    assert result["unmatched"] == [{"item": "P-TS-01", "zone": "TS", "why": "not-seen-after", "flag": "cannot-tell"}]


def test_example_4_a_mystery_shop() -> None:
    columns = {
        "WE-01": ("2", "2", "1"),
        "CV-02": ("2", "1", "2"),
        "WE-03": ("0", "1", "not-applicable"),
        "OU-04": ("2", "0", "2"),
        "AF-01": ("too-soon", "2", "skip"),
    }
    sent = []
    for i in range(3):
        answers = [{"item": f"M-{code}", "answer": said[i]} for code, said in columns.items()]
        body = {"kind": "mystery-shop", "instrument": "mystery-shop", "instrument_version": 1, "wave": 1}
        sent.append(Sent(str(i), f"v{i}", i, {**body, "answers": answers}))
    shop = wave_result(PLACE, sent, ["RE"], 1)["mystery_shop"]
    assert (shop["points"], shop["maximum"], shop["percent"], shop["range"]) == (17, 24, 70.8, [60.0, 83.3])
    private = one(shop["items"], item="M-WE-03")
    assert (private["percent"], private["ones_or_more"], private["n"], private["flag"]) == (25.0, 1, 2, "red")
    following = one(shop["items"], item="M-OU-04")
    assert (following["percent"], following["ones_or_more"], following["flag"]) == (66.7, 2, "red")


def test_example_5_agreement() -> None:
    units = [list(pair) for pair in zip([0, 0, 1, 2, 3, 0, 1, 2, 0, 3], [0, 1, 1, 2, 2, 0, 1, 2, 0, 3], strict=True)]
    assert [rounded(alpha(units, level), 3) for level in ("nominal", "ordinal", "interval")] == [0.74, 0.92, 0.918]
    paradox = [[1, 1]] * 8 + [[1, 0], [0, 1]]
    assert rounded(alpha(paradox, "nominal"), 3) == -0.056


def test_published_agreement_vectors() -> None:
    raters = [
        ["*", "*", "*", "*", "*", "3", "4", "1", "2", "1", "1", "3", "3", "*", "3"],
        ["1", "*", "2", "1", "3", "3", "4", "3", "*", "*", "*", "*", "*", "*", "*"],
        ["*", "*", "2", "1", "3", "4", "4", "*", "2", "1", "1", "3", "3", "*", "4"],
    ]
    units = [[int(r[i]) for r in raters if r[i] != "*"] for i in range(15)]
    units = [values for values in units if len(values) >= 2]
    assert rounded(alpha(units, "nominal"), 3) == 0.691
    assert rounded(alpha(units, "interval"), 3) == 0.811


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 1, 0.0, 79.3),
        (0, 2, 0.0, 65.8),
        (0, 3, 0.0, 56.1),
        (0, 4, 0.0, 49.0),
        (0, 6, 0.0, 39.0),
        (0, 10, 0.0, 27.8),
        (1, 4, 4.6, 69.9),
        (3, 4, 30.1, 95.4),
        (3, 3, 43.9, 100.0),
        (29, 87, 24.3, 43.8),
    ],
)
def test_wilson_table(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == (low, high)
