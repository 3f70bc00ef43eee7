"""Several made one and taken apart again: each has then what it rested on before, in whatever order that happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.reporting.domain.merging import Own, merged, own_of, parted
from services.reporting.domain.recommendation import Recommendation
from shared.contracts.refusals import Refusal

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def resting_on(name: str, *findings: str, **more: str) -> Recommendation:
    return Recommendation(name, "e", "s", name, NOW, NOW, findings=findings, items=findings, **more)  # type: ignore[arg-type]


def test_what_came_with_one_goes_with_it_unless_another_brings_it_too() -> None:
    kept, first, second = resting_on("kept", "a", "b"), resting_on("first", "b", "f"), resting_on("second", "f", "g")
    own = own_of(kept, [], None)
    joined, [(first, _)] = merged(kept, [first], "x", "lead", NOW)
    own = own_of(joined, [first], own)
    joined, [(second, _)] = merged(joined, [second], "x", "lead", NOW)
    assert joined.findings == ("a", "b", "f", "g")
    assert own == Own(("a", "b"), ("a", "b"))
    (joined, _), (back, _) = parted(joined, first, [second], own, "x", "lead", NOW)
    assert (joined.findings, back.findings, back.merged_into) == (("a", "b", "f", "g"), ("b", "f"), None)
    (joined, _), _ = parted(joined, second, [], own, "x", "lead", NOW)
    assert joined.findings == joined.items == ("a", "b")


def test_what_was_written_to_it_since_stays() -> None:
    kept, other = resting_on("kept", "a"), resting_on("other", "b")
    joined, [(other, _)] = merged(kept, [other], "x", "lead", NOW)
    joined = replace(joined, findings=("a", "b", "new"))
    assert own_of(joined, [other], Own(("a",), ("a",))).findings == ("a", "new")
    (left, _), _ = parted(joined, other, [], Own(("a",), ("a",)), "x", "lead", NOW)
    assert left.findings == ("a", "new")


def test_without_a_record_nothing_is_taken_from_it() -> None:
    kept, other = resting_on("kept", "a", "b", status="agreed"), resting_on("other", "b", merged_into="kept")
    (left, told), (back, _) = parted(kept, other, [], None, "x", "lead", NOW)
    assert (left.findings, left.status, back.status) == (("a", "b"), "draft", "draft")
    assert (told.kind, told.from_status, told.to_status, told.note) == (
        "parted", "agreed", "draft", "Took out again: “other”.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "other", "code"),
    [
        ({"status": "shared"}, {"merged_into": "kept"}, "already-shared"),
        ({"merged_into": "third"}, {"merged_into": "kept"}, "merged"),
        ({}, {"merged_into": "third"}, "not-merged"),
        ({}, {}, "not-merged"),
    ],
)
def test_what_was_shared_or_is_no_part_of_it_stays_as_it_is(
    kept: dict[str, str], other: dict[str, str], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        parted(resting_on("kept", **kept), resting_on("other", **other), [], None, "x", "lead", NOW)
    assert (refused.value.status, refused.value.code) == (409, code)
