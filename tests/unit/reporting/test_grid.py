"""The four fields of the grid meet in its middle, and every place belongs to exactly one of them (domain.md §5)."""

from __future__ import annotations

import pytest

from services.reporting.domain.grid import field_of


@pytest.mark.parametrize(
    ("effort", "difference", "field"),
    [
        (0, 100, "quick-win"),
        (49, 50, "quick-win"),
        (50, 50, "big-change"),
        (100, 100, "big-change"),
        (49, 49, "small-help"),
        (0, 0, "small-help"),
        (50, 49, "think-again"),
        (100, 0, "think-again"),
    ],
)
def test_a_place_belongs_to_one_field(effort: int, difference: int, field: str) -> None:
    assert field_of(effort, difference) == field
