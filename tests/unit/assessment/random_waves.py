"""Random visits for hypothesis: every answer, form, stop, volunteer and order that intake lets through."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from shared.contracts.instruments import Item, load
from tests.unit.assessment.sent import ALL_ZONES, environment, talk

PIE, SHOP = load("pie-environment", 1), load("mystery-shop", 1)
LEFT_OUT = ("not-here", "did-not-see", "skip")
SOME_ZONES = ("EN", "RE", "QS")
VOLUNTEERS = ("ann", "ben", "cas")


def said(item: Item) -> st.SearchStrategy[str]:
    """Any answer that the item takes."""
    options = ["fine", "fine", *LEFT_OUT]
    if item.kind in "TB":
        options += ["t1", "t2", "t3"]
    if item.kind in "CB":
        options += ["c1", "c2", "c3"]
    if item.kind == "B":
        options += ["t1c1", "t3c2", "t2c3"]
    return st.sampled_from(options)


@st.composite
def environments(draw: st.DrawFn, number: int, zones: tuple[str, ...] = SOME_ZONES) -> dict[str, Any]:
    """One environment check of these zones."""
    form = draw(st.sampled_from(["long", "short"]))
    habit = draw(st.sampled_from(["full", "some", "absent", "few"]))
    answers = []
    for (code, zone), item in PIE.places.items():
        if zone not in zones or (form == "short" and not PIE.takes(item, form)):
            continue
        if habit == "absent" and zone == "QS":
            answers.append((f"{code[2:]}@{zone}", "not-here"))
        elif habit == "full" or draw(st.integers(0, 9)) < (5 if habit == "some" else 1):
            answers.append((f"{code[2:]}@{zone}", draw(said(item))))
    stopped = draw(st.integers(0, 5)) == 0
    return environment(
        number,
        answers,
        volunteer=draw(st.sampled_from(VOLUNTEERS)),
        zones=zones,
        complete=[zone for zone in zones if draw(st.booleans())],
        form=form,
        stopped=stopped,
        keep=stopped and draw(st.booleans()),
        received=draw(st.integers(0, 20)),
    )


@st.composite
def talks(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """One mystery shop."""
    channel = draw(st.sampled_from(["face-to-face", "phone", "web"]))
    words = ["2", "1", "0", "not-applicable", "did-not-get-that-far", "skip"]
    answers = {}
    for item in SHOP.for_channel(channel):
        if draw(st.booleans()):
            late = ["too-soon"] if item.stage == "AF" else []
            answers[item.code[2:]] = draw(st.sampled_from(words + late))
    faces = {stage: draw(st.integers(1, 5)) for stage in ("BE", "WE", "OU") if draw(st.booleans())}
    stopped = draw(st.integers(0, 5)) == 0
    return talk(
        number,
        answers,
        volunteer=draw(st.sampled_from(VOLUNTEERS)),
        channel=channel,
        faces=faces,
        stopped=stopped,
        keep=stopped and draw(st.booleans()),
        received=draw(st.integers(0, 20)),
    )


@st.composite
def visits(draw: st.DrawFn, start: int = 1, most: int = 6) -> list[dict[str, Any]]:
    """Some visits to one wave, with different numbers from `start` on."""
    many = draw(st.integers(0, most))
    return [
        draw(environments(number) if draw(st.integers(0, 3)) else talks(number))
        for number in range(start, start + many)
    ]


__all__ = ["ALL_ZONES", "SOME_ZONES", "environments", "talks", "visits"]
