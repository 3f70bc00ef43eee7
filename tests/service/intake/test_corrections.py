"""A visit is corrected until its round is opened to the partner; then figures stand, and things may be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.exercise import Release
from services.intake.use_cases import drafts, exercises, visits
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.visiting import Browser, Caller, Intake, a_jpeg, a_visit, listing, new_id

STEPS = ("sense-making", "manager-review", "shared", "action")
CORRECTED = a_visit(part_of_day="evening")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def go(intake: Intake, *stages: str) -> None:
    for stage in stages:
        if stage in ("manager-review", "shared"):
            for who in ("lead", "volunteer-1"):
                exercises.give_key(intake.service, EXERCISE, an_id(who), Release(stage))
        else:
            intake.move(stage)


def back(intake: Intake, *stages: str) -> None:
    for stage in stages:
        exercises.move_exercise(intake.service, EXERCISE, an_id("lead"), stage, "Something was forgotten.")


def sent(intake: Intake, **changes: Any) -> tuple[Caller, str, str]:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    return me, visit_id, me.put(visit_id, a_visit(**changes)).headers["ETag"]


@pytest.mark.parametrize(
    ("ahead", "behind", "may"),
    [
        ((), (), True),
        (STEPS[:1], (), True),
        # The manager is reading: figures do not move under anybody's eyes.
        (STEPS[:2], (), False),
        # Taken back before anything was shared, so that a mistake can be put right; two keys open it again.
        (STEPS[:2], ("sense-making",), True),
        (STEPS[:3], (), False),
        # What everybody could read stays as it was, wherever the exercise is taken back to.
        (STEPS[:3], ("manager-review",), False),
        (STEPS[:3], ("manager-review", "sense-making", "fieldwork"), False),
        (STEPS, (), False),
    ],
)
def test_a_round_that_the_partner_reads_or_was_shared_takes_no_correction(
    intake: Intake, ahead: tuple[str, ...], behind: tuple[str, ...], may: bool
) -> None:
    me, visit_id, etag = sent(intake)
    go(intake, *ahead)
    back(intake, *behind)
    page = Browser(intake, "volunteer-1").open(f"/visits/{visit_id}/receipt")
    assert ("Put something right" in page) is may
    told = len(intake.told())
    amended = me.amend(visit_id, CORRECTED, etag)
    if may:
        assert amended.status_code == 200
        return
    assert (amended.status_code, amended.get_json()["code"]) == (409, "not-open")
    assert (len(intake.told()), me.get(visit_id).get_json()["version"]) == (told, 1)


def test_in_an_open_round_words_photos_and_consents_are_left_out_and_no_figure_moves(intake: Intake) -> None:
    photo = listing(a_jpeg(7))
    consents = {"use_words": True, "use_photos": True, "quote": True}
    me, visit_id, etag = sent(intake, photos=[photo], consents=consents)
    me.put_photo(visit_id, photo["photo_id"], a_jpeg(7))
    go(intake, *STEPS[:2])
    before = intake.told()[-1].data["answers"]
    less = a_visit(photos=[], first_impressions={}, consents={"use_words": True})
    for answer in less["answers"]:
        answer.pop("words", None)
    kept = me.amend(visit_id, less, etag)
    assert kept.status_code == 200
    assert intake.told()[-1].data["answers"] == before
    # What was left out does not come back.
    again = me.amend(visit_id, a_visit(consents={"use_words": True}), kept.headers["ETag"])
    assert (again.status_code, again.get_json()["code"]) == (409, "not-open")


def test_a_correction_that_crosses_with_the_release_is_refused(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    me, visit_id, etag = sent(intake)
    go(intake, "sense-making")
    work_out: Callable[..., Any] = visits.quotable_in

    def work_out_while_others_release(*given: Any) -> Any:
        go(intake, "manager-review")
        return work_out(*given)

    monkeypatch.setattr(visits, "quotable_in", work_out_while_others_release)
    refused = me.amend(visit_id, CORRECTED, etag)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not-open")


def test_a_visit_that_crosses_with_the_end_of_fieldwork_is_refused(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    look: Callable[..., None] = visits._refuse_outside

    def look_while_the_lead_moves_on(*given: Any) -> None:
        look(*given)
        go(intake, *STEPS[:2])

    monkeypatch.setattr(visits, "_refuse_outside", look_while_the_lead_moves_on)
    refused = intake.as_("volunteer-1").put(new_id(), a_visit())
    assert (refused.status_code, refused.get_json()["code"], intake.told()) == (409, "not-open", [])


def test_a_correction_that_was_begun_is_not_lost_when_the_round_is_opened(intake: Intake) -> None:
    _, visit_id, _ = sent(intake)
    mine = Browser(intake, "volunteer-1")
    mine.open(f"/visits/{visit_id}/receipt")
    mine.send(f"/visits/{visit_id}/correct")
    mine.open(f"/visits/{visit_id}/check")
    go(intake, *STEPS[:2])
    said = mine.send(f"/visits/{visit_id}/check", 409, visited_on="2026-10-10", part_of_day="evening")
    assert "can no longer be changed" in said
    assert drafts.has_draft(intake.service, an_id("volunteer-1"), visit_id)
