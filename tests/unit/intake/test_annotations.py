"""Marks on photos: what is read comes out again the same, and nothing else gets in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.annotations import COMFORT, TRIGGER, Mark, MarkRefused, as_annotation, read_mark
from shared.contracts.instruments import load

PIE = load("pie-environment", 1)
SIDES = st.integers(0, 9999).map(lambda hundredths: hundredths / 100)


@st.composite
def marks(draw: st.DrawFn) -> Mark:
    left, top = draw(SIDES), draw(SIDES)
    width = draw(st.integers(1, max(1, round((100 - left) * 100)))) / 100
    height = draw(st.integers(1, max(1, round((100 - top) * 100)))) / 100
    return Mark(
        left,
        top,
        width,
        height,
        draw(st.sampled_from([TRIGGER, COMFORT])),
        draw(st.sampled_from([item.code for item in PIE.items])),
        draw(st.integers(1, 3)),
        draw(st.none() | st.text("abc äß😀\n", min_size=1, max_size=40)),
    )


@given(marks())
def test_a_mark_written_as_an_annotation_reads_back_the_same(mark: Mark) -> None:
    annotation = as_annotation(mark)
    assert annotation["target"]["selector"]["value"].startswith("xywh=percent:")
    assert read_mark(annotation, PIE, 4000) == mark


def test_numbers_of_a_box_are_written_without_exponents() -> None:
    mark = Mark(0.01, 0.0, 99.99, 100.0, TRIGGER, "P-WA-02", 1)
    assert as_annotation(mark)["target"]["selector"]["value"] == "xywh=percent:0.01,0,99.99,100"


def test_what_the_standard_lets_be_several_may_be_several() -> None:
    mark = Mark(10.0, 20.0, 30.0, 15.0, TRIGGER, "P-WA-02", 1)
    context = ["http://www.w3.org/ns/anno.jsonld", "https://example.org/more.jsonld"]
    several = as_annotation(mark) | {"@context": context, "motivation": ["tagging", "highlighting"]}
    assert read_mark(several, PIE, 4000) == mark
    for wrong in ([1], ["x" * 501], ["tagging"] * 11, {"id": "tagging"}):
        with pytest.raises(MarkRefused):
            read_mark(several | {"motivation": wrong}, PIE, 4000)
