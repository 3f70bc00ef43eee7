"""What intake answers fits the document that it publishes, also its own copy of a visit and its problems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.answers_fit import misfits
from tests.service.intake.plans import EXERCISE
from tests.service.intake.visiting import Intake, a_jpeg, a_visit, listing, new_id


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def test_every_answer_fits_the_document(intake: Intake) -> None:
    me, visit_id, photo = intake.as_("volunteer-1"), new_id(), a_jpeg()
    document = me.client.get("/api/intake/openapi.json").get_json()
    body = a_visit(photos=[listing(photo)])
    answers = [me.put(visit_id, body), me.put_photo(visit_id, body["photos"][0]["photo_id"], photo)]
    answers += [own := me.get(visit_id), me.get(visit_id, "/receipt"), me.put(visit_id, {**body, "wave": "1"})]
    answers.append(me.amend(visit_id, a_visit(part_of_day="evening"), own.headers["ETag"]))
    answers += [me.withdraw(visit_id), me.get(visit_id), me.get(new_id())]
    base, lead = "/api/intake/v1", intake.as_("lead").headers
    answers += [
        me.client.get(f"{base}/me", headers=me.headers),
        me.client.get(f"{base}/exercises/{EXERCISE}", headers=lead),
        # A problem may say more than every problem has: here, at which stage the exercise is.
        me.client.post(f"{base}/exercises/{EXERCISE}/stage", json={"to": "action"}, headers=lead),
        me.client.post(f"{base}/exercises/{EXERCISE}/stage", json={"to": "sense-making"}, headers=lead),
        me.client.post(f"{base}/exercises/{EXERCISE}/releases", json={"to": "manager-review"}, headers=lead),
    ]
    assert [one.status_code for one in answers] == [
        201,
        201,
        200,
        200,
        422,
        200,
        200,
        200,
        404,
        200,
        200,
        409,
        200,
        202,
    ]
    assert [(one.request.path, said) for one in answers for said in misfits(document, one)] == []


def test_answers_may_grow_and_what_is_sent_may_not(intake: Intake) -> None:
    shapes = intake.app.test_client().get("/api/intake/openapi.json").get_json()["components"]["schemas"]
    closed = {name for name, shape in shapes.items() if shape.get("additionalProperties") is False}
    assert {"Visit", "VisitPhoto", "StageForm", "ReleaseForm", "ClosureForm"} <= closed
    assert not {name for name in closed if name.endswith(("Answer", "Seen")) or name == "Problem"}
