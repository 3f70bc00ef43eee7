"""Random waves: what the counts say is what a second, naive reading of the specification says, to the last figure."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.unit.assessment import from_scratch, from_scratch_comparison
from tests.unit.assessment.counted import compared, result
from tests.unit.assessment.random_waves import SOME_ZONES, visits

QUIETLY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Visits = list[dict[str, Any]]


def same(found: Any, expected: Any, where: str = "") -> None:
    """Everything in `expected` stands in `found`, exactly."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if not str(name).startswith("_"):
                same(found[name], value, f"{where}/{name}")
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
        assert len(found) == len(expected), where
        for at, (one, other) in enumerate(zip(found, expected, strict=True)):
            same(one, other, f"{where}/{at}")
    else:
        assert found == expected, where


def keyed(rows: list[dict[str, Any]], *names: str) -> dict[Any, dict[str, Any]]:
    """Rows by one name or by several."""
    return {row[names[0]] if len(names) == 1 else tuple(row[n] for n in names): row for row in rows}


@QUIETLY
@given(visits(1), visits(11), visits(21))
def test_a_wave(first: Visits, second: Visits, third: Visits) -> None:
    waves = {1: first, 2: second, 3: third}
    for number in waves:
        found = result(first, second, third, zones=SOME_ZONES, number=number)
        expected = from_scratch.wave(waves, number, SOME_ZONES)
        site = found["site"]
        site["open_red"] = {(red["item"], red["zone"], red["since_wave"]) for red in site["open_red"]}
        shop = found["mystery_shop"]
        shop["stages"] = keyed(shop["stages"], "stage")
        shop["dimensions"] = keyed(shop["dimensions"], "dimension")
        assert keyed(shop["items"], "item").keys() == expected["mystery_shop"]["items"].keys()
        shop["items"] = keyed(shop["items"], "item")
        same(found, expected)


@QUIETLY
@given(visits(1), visits(11), visits(21))
def test_before_and_after(first: Visits, second: Visits, third: Visits) -> None:
    waves = {1: first, 2: second, 3: third}
    for start, end in ((1, 2), (2, 3), (1, 3)):
        found = compared(first, second, third, start=start, end=end)
        expected = from_scratch_comparison.comparison(waves, start, end)
        sums = [found[f"trigger_{w}"][p] for w in ("from", "to") for p in ("points", "maximum")]
        assert sums == expected.pop("sums")
        for name in ("items", "unmatched"):
            found[name] = keyed(found[name], "item", "zone")
            assert found[name].keys() == expected[name].keys()
        same(found, expected)
