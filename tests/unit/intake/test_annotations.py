"""Marks on photos: what is read comes out again the same, and nothing else gets in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.annotations import COMFORT, TRIGGER, Mark, as_annotation, read_mark
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
