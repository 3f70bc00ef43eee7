"""Whatever is thrown at the visits API, it answers with a refusal of its own and never with a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.intake.plans import EXERCISE
from tests.service.intake.visiting import Intake, a_jpeg, a_mark, a_shop, a_visit, listing, new_id, pointers
from tests.service.strict_bodies import hold_to_strict_json, send_chunked


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    house = Intake(tmp_path_factory.mktemp("hostile"))
    yield house
    house.close()


def raw(change: str, to: str) -> bytes:
    text = json.dumps(a_visit())
    assert change in text
    return text.replace(change, to, 1).encode()


NOT_JSON = {
    "nothing": b"",
    "words": b"hello",
    "half of it": json.dumps(a_visit()).encode()[:100],
    "two of them": b"{}{}",
    "latin-1": '{"words": "caf\xe9"}'.encode("latin-1"),
    "utf-16": json.dumps(a_visit()).encode("utf-16"),
    "a mark in front": b"\xef\xbb\xbf" + json.dumps(a_visit()).encode(),
    "NaN": raw('"trigger": 3', '"trigger": NaN'),
    "Infinity": raw('"trigger": 3', '"trigger": -Infinity'),
    "a very long number": raw('"trigger": 3', '"trigger": ' + "9" * 5000),
    "deep nesting": b"[" * 100_000,
    "deep nesting that closes": b"[" * 50_000 + b"]" * 50_000,
    "a raw NUL": raw("Hard chairs", "Hard \0chairs"),
    "single quotes": b"{'wave': 1}",
    "a comma too many": b'{"wave": 1,}',
}


@pytest.mark.parametrize("kind", NOT_JSON)
def test_what_is_not_json_is_400(intake: Intake, kind: str) -> None:
    refused = intake.as_("volunteer-1").put_raw(new_id(), NOT_JSON[kind])
    assert (refused.status_code, refused.get_json()["code"]) == (400, "not-json")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/jpeg", ""],
)
def test_what_is_not_called_json_is_415(intake: Intake, content_type: str) -> None:
    refused = intake.as_("volunteer-1").put_raw(new_id(), json.dumps(a_visit()).encode(), content_type)
    assert (refused.status_code, refused.get_json()["code"]) == (415, "wrong-type")


def test_more_than_a_megabyte_is_413_whether_or_not_its_length_is_said(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    body = json.dumps(a_visit(first_impressions={"WA": "x" * 1_000_000})).encode()
    assert me.put_raw(new_id(), body).status_code == 413
    assert me.put_raw(new_id(), b" " * 1_000_001).status_code == 413
    padded = json.dumps(a_visit()).encode()
    assert me.put_raw(new_id(), padded + b" " * (1_000_000 - len(padded))).status_code == 201


def test_a_name_that_stands_twice_is_refused_by_name(intake: Intake) -> None:
    refused = intake.as_("volunteer-1").put_raw(new_id(), raw('"wave": 1', '"wave": 1, "wave": 2'))
    assert refused.status_code == 422
    assert "wave" in refused.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize("body", [[], "visit", 3, None, True, [a_visit()]])
def test_json_that_is_no_object_is_422(intake: Intake, body: Any) -> None:
    refused = intake.as_("volunteer-1").put_raw(new_id(), json.dumps(body).encode())
    assert pointers(refused) == {""}


def test_a_thousand_faults_are_answered_with_a_hundred(intake: Intake) -> None:
    refused = intake.as_("volunteer-1").put(new_id(), a_visit(answers=[{"item": "?"}] * 5000))
    assert refused.status_code == 422
    assert len(refused.get_json()["errors"]) == 100


def test_what_is_null_is_as_if_it_were_not_there(intake: Intake) -> None:
    body = a_visit(stopped_early=None, photos=None, faces=None, consents={"quote": None})
    body["answers"] = [
        {"item": "P-WA-02", "zone": "WA", "answer": "fine", "trigger": None, "comfort": None, "words": None}
    ]
    assert intake.as_("volunteer-1").put(new_id(), body).status_code == 201


def test_a_name_that_is_no_field_is_refused_even_when_it_says_nothing(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    assert pointers(me.put(visit_id, a_visit(anwsers=None))) == {"/anwsers"}
    etag = me.put(visit_id, a_visit()).headers["ETag"]
    assert pointers(me.amend(visit_id, a_visit(anwsers=None), etag)) == {"/anwsers"}


@pytest.mark.parametrize(
    "visit_id",
    ["x", "1", "../me", "00000000-0000-0000-0000-00000000000g", "{6f1c0a1e-7f0c-5a0b-9d58-3b1f0a4f8c11}", "%00"],
)
def test_an_id_that_is_none_is_not_there(intake: Intake, visit_id: str) -> None:
    assert intake.as_("volunteer-1").put(visit_id, a_visit()).status_code in (404, 405)


def mark(value: str) -> dict[str, Any]:
    found = a_mark()
    found["target"]["selector"]["value"] = value
    return found


BAD_MARKS: dict[str, tuple[Any, str]] = {
    "text": ("here", ""),
    "no target": ({"body": a_mark()["body"]}, "/target"),
    "no body": ({"target": a_mark()["target"]}, "/body"),
    "over the edge": (mark("xywh=percent:80,10,30,10"), "/target/selector/value"),
    "over 100": (mark("xywh=percent:101,10,1,1"), "/target/selector/value"),
    "below 0": (mark("xywh=percent:-1,10,10,10"), "/target/selector/value"),
    "nothing wide": (mark("xywh=percent:10,10,0,10"), "/target/selector/value"),
    "not a number": (mark("xywh=percent:nan,10,10,10"), "/target/selector/value"),
    "over the edge with many decimals": (
        mark("xywh=percent:80,10,20.10000000000000000001,1"),
        "/target/selector/value",
    ),
    "only a point": (mark("xywh=percent:.,10,10,10"), "/target/selector/value"),
    "in pixels": (mark("xywh=pixel:10,10,10,10"), "/target/selector/value"),
    "three numbers": (mark("xywh=percent:10,10,10"), "/target/selector/value"),
    "a number in other digits": (mark("xywh=percent:١,10,10,10"), "/target/selector/value"),
    "another purpose": (a_mark(purpose="linking"), "/body/purpose"),
    "another feeling": (a_mark(value="anger"), "/body/value"),
    "no such item": (a_mark(item="P-XX-01"), "/body/item"),
    "an item of the other instrument": (a_mark(item="M-WE-01"), "/body/item"),
    "a strength of 4": (a_mark(strength=4), "/body/strength"),
    "a strength of yes": (a_mark(strength=True), "/body/strength"),
    "words too long": (a_mark(words="x" * 4001), "/body/words"),
    "a name of somebody": ({**a_mark(), "creator": "me"}, "/creator"),
    "half a character": (a_mark(words="\ud800"), "/body/words"),
}


@pytest.mark.parametrize("kind", BAD_MARKS)
def test_a_mark_that_is_wrong_is_pointed_at(intake: Intake, kind: str) -> None:
    bad, pointer = BAD_MARKS[kind]
    refused = intake.as_("volunteer-1").put(new_id(), a_visit(photos=[listing(a_jpeg(), annotations=[bad])]))
    assert refused.status_code == 422
    assert pointers(refused) == {f"/photos/0/annotations/0{pointer}"}


def test_marks_at_the_very_edge_and_in_the_other_spellings_are_taken(intake: Intake) -> None:
    whole = mark("xywh=percent:0,0,100,100")
    remarked = a_mark()
    remarked["body"] = [remarked["body"], {"type": "TextualBody", "purpose": "commenting", "value": "Cold."}]
    photo = listing(a_jpeg(), annotations=[whole, remarked, mark("xywh=percent:0.5,99.25,12.125,0.75")])
    photo["annotations"] += [mark(f"xywh=percent:{100 / 3},{200 / 7},{0.1 + 0.2},.5"), mark("xywh=percent:.5,0,99.5,1")]
    assert intake.as_("volunteer-1").put(new_id(), a_visit(photos=[photo])).status_code == 201


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({*a_visit(), *a_shop()})


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(base=st.sampled_from([a_visit, a_shop]), name=st.sampled_from(FIELDS), value=JSON)
def test_any_value_in_any_field_is_taken_or_refused(intake: Intake, base: Any, name: str, value: Any) -> None:
    body = json.dumps(base(**{name: value})).encode()
    answered = intake.as_("volunteer-1").put_raw(new_id(), body)
    assert answered.status_code in (201, 400, 403, 404, 409, 422)
    answered.get_json()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(["item", "zone", "answer", "trigger", "comfort", "words", "x"]), value=JSON)
def test_any_value_in_an_answer_is_taken_or_refused(intake: Intake, name: str, value: Any) -> None:
    answer = {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 2, name: value}
    for body in (a_visit(answers=[answer]), a_visit(photos=[listing(a_jpeg(), annotations=[a_mark(**{name: value})])])):
        answered = intake.as_("volunteer-1").put_raw(new_id(), json.dumps(body).encode())
        assert answered.status_code in (201, 400, 422)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=200))
def test_any_bytes_are_refused(intake: Intake, body: bytes) -> None:
    assert intake.as_("volunteer-1").put_raw(new_id(), body).status_code in (400, 422)


def test_visits_and_stages_are_read_alike(intake: Intake) -> None:
    client = intake.app.test_client()
    me, lead = (intake.as_(who).headers for who in ("volunteer-1", "lead"))
    hold_to_strict_json(client, "PUT", f"/api/intake/v1/visits/{new_id()}", me, a_visit(), 1_000_000)
    # Nothing is moved: it is in this stage already, which is 409.
    where = f"/api/intake/v1/exercises/{EXERCISE}/stage"
    hold_to_strict_json(client, "POST", where, lead, {"to": "fieldwork"}, 1_000_000)


def test_a_photo_that_comes_in_chunks_is_taken_whole_or_not_at_all(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    photo, visit_id = a_jpeg(), new_id()
    listed = listing(photo)
    assert me.put(visit_id, a_visit(photos=[listed])).status_code == 201
    where = f"/api/intake/v1/visits/{visit_id}/photos/{listed['photo_id']}"
    too_long = photo + b" " * (15_000_001 - len(photo))
    for body, status in ((too_long, 413), (photo, 201)):
        answered = send_chunked(me.client, "PUT", where, body, me.headers, "image/jpeg")
        assert answered.status_code == status
