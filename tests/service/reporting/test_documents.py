"""Documents: built from what a partner may see, versioned by content, hashed, with marks drawn, older ones readable."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from services.reporting.documents import as_html, as_json, content_hash
from services.reporting.documents.photos import PhotoUnreadable, with_marks
from services.reporting.jobs import DocumentSweeper
from services.reporting.store import documents
from services.reporting.use_cases import documents as making
from shared.messaging.trouble import TryLater
from tests.service.reporting.world import EXERCISE, RED, SITE, START, STRENGTH, World, an_id
from tests.told_in_files import told_in

PATH = f"/exercises/{EXERCISE}/documents"


def a_photo() -> bytes:
    """A plain grey picture."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), (128, 128, 128)).save(out, "JPEG")
    return out.getvalue()


def with_photo(world: World, body: bytes) -> dict[str, Any]:
    """The red finding with a released photo in the store."""
    digest = hashlib.sha256(body).hexdigest()
    stored = world.service.objects.put(f"photos/{digest}", body, "image/jpeg")
    display = {"key": stored.key, "sha256": digest, "media_type": "image/jpeg", "width": 1200, "height": 800}
    marks = [
        {"kind": "trigger", "strength": 2, "words": "One step from the chairs.", "x": 10, "y": 20, "w": 30, "h": 25},
        {"kind": "comfort", "strength": 1, "words": "A plant.", "x": 60, "y": 60, "w": 20, "h": 20},
    ]
    return RED | {"photos": [{"id": an_id("photo"), "zone": "RE", "marks": marks, "display": display}]}


def formats(world: World, who: str, kind: str) -> list[tuple[int, dict[str, Any]]]:
    """(version, format) of every file of that kind."""
    found = world.call(who, "GET", PATH).get_json()["items"]
    return [(one["version"], each) for one in found if one["kind"] == kind for each in one["formats"]]


def test_reaching_the_managers_review_makes_both_documents(world: World) -> None:
    world.shared()
    assert world.make_documents() == 1
    items = world.call("manager", "GET", PATH).get_json()["items"]
    assert {(one["kind"], one["version"]) for one in items} == {("findings-pack", 1), ("recommendations", 1)}
    for one in items:
        assert one["made_at"].startswith("2026-11-02T10:00:00")
        endings = ["html", "pdf", "pptx" if one["kind"] == "findings-pack" else "xlsx", "json"]
        assert [each["href"].rpartition(".")[2] for each in one["formats"]] == endings
        for each in one["formats"]:
            got = world.call("manager", "GET", each["href"])
            assert (got.status_code, len(got.data)) == (200, each["bytes"])
            assert hashlib.sha256(got.data).hexdigest() == each["sha256"]
            assert got.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert "script-src" not in got.headers["Content-Security-Policy"]


def test_the_same_content_is_no_new_version_and_older_ones_stay(world: World) -> None:
    world.shared()
    world.make_documents()
    old = world.call("lead", "GET", formats(world, "lead", "findings-pack")[0][1]["href"]).data
    asked = world.call("lead", "POST", PATH)
    assert asked.status_code == 202
    assert world.call("lead", "GET", asked.headers["Location"]).get_json()["state"] == "waiting"
    world.make_documents()
    told = world.call("lead", "GET", asked.headers["Location"]).get_json()
    assert (told["state"], told["told"].startswith("Nothing new")) == ("done", True)
    assert {version for version, _ in formats(world, "lead", "findings-pack")} == {1}
    world.findings([RED, STRENGTH], 2)
    world.make_documents()
    assert {version for version, _ in formats(world, "lead", "findings-pack")} == {1, 2}
    kept = [each for version, each in formats(world, "lead", "findings-pack") if version == 1]
    assert world.call("lead", "GET", kept[0]["href"]).data == old
    world.call("lead", "POST", PATH)
    world.make_documents()
    assert {version for version, _ in formats(world, "lead", "findings-pack")} == {1, 2}


def test_every_file_is_told_to_verify_with_its_hash(world: World) -> None:
    world.shared()
    world.make_documents()
    stored = list(world.service.stored_objects())
    assert len(stored) == 8
    for key, sha256 in stored:
        assert re.fullmatch(rf"documents/{EXERCISE}/[a-z-]+/1/{sha256}\.(html|pdf|pptx|xlsx|json)", key)
        assert world.service.objects.head(key).sha256 == sha256


def test_the_pack_shows_what_a_partner_may_see_and_nothing_else(world: World) -> None:
    hidden = RED | {"k": None, "n": None, "quotes": [], "in_words": "Too few to say.", "prevalence": None}
    world.findings([RED, STRENGTH], 2, for_partner=[hidden])
    for wave, releases in ((1, ()), (2, ())):
        shown = {"exercise_id": EXERCISE, "site_id": SITE, "wave": wave, "zones": [], "why": f"Wave {wave} in words."}
        data = {
            "exercise_id": EXERCISE,
            "site_id": SITE,
            "wave": wave,
            "revision": 1,
            "result": {"secret": "for the lead"},
            "for_partner": shown,
        }
        world.hear("org.opendoor.wave.assessed.v1", f"{EXERCISE}/{SITE}", data)
        assert releases == ()
    world.written(title="Only a draft")
    world.shared(title="Shared one")
    world.make_documents()
    texts = {}
    for kind in ("findings-pack", "recommendations"):
        for _, each in formats(world, "manager", kind):
            texts[kind, each["media_type"]] = told_in(
                world.call("manager", "GET", each["href"]).data, each["media_type"]
            )
    assert "Wave 1 in words." in texts["findings-pack", "text/html"]
    for (kind, media_type), text in texts.items():
        assert ("Too few to say." if kind == "findings-pack" else "Shared one") in text, media_type
        for secret in ("The whole queue turned round.", "Wave 2 in words.", "for the lead", "Only a draft", "P-WA-07"):
            assert secret not in text, media_type
    world.to_stage("action", releases=(2,))
    world.call("lead", "POST", PATH)
    world.make_documents()
    newest = world.call("manager", "GET", formats(world, "manager", "findings-pack")[0][1]["href"])
    assert "Wave 2 in words." in newest.text


def test_photos_have_their_marks_drawn_and_told(world: World) -> None:
    photo = a_photo()
    world.findings([with_photo(world, photo)], 2)
    world.to_stage("manager-review")
    world.make_documents()
    files = {each["media_type"]: each["href"] for _, each in formats(world, "lead", "findings-pack")}
    page = re.sub("</?bdi[^>]*>", "", world.call("lead", "GET", files["text/html"]).text)
    drawn = re.search(r'src="data:image/jpeg;base64,([^"]+)"\s+alt="([^"]+)"', page)
    assert drawn is not None
    picture = Image.open(io.BytesIO(base64.b64decode(drawn[1])))
    assert picture.width == 900
    assert len(picture.getcolors(900 * 600) or []) > 10
    assert "2 numbered marks" in drawn[2]
    assert "▲ got to me, strength 2 of 3: One step from the chairs." in page
    assert "● helped me, strength 1 of 3: A plant." in page
    content = json.loads(world.call("lead", "GET", files["application/json"]).data)
    for media_type, href in files.items():
        text = told_in(world.call("lead", "GET", href).data, media_type)
        assert "One step from the chairs." in text, media_type
        assert hashlib.sha256(photo).hexdigest() not in text, media_type  # where it lies in the store
    kept = content["sites"][0]["red"][0]["photos"][0]
    assert "display" not in kept
    assert [mark["kind"] for mark in kept["marks"]] == ["trigger", "comfort"]


def test_a_photo_that_is_gone_leaves_its_words(world: World) -> None:
    finding = with_photo(world, a_photo())
    world.service.objects.delete(finding["photos"][0]["display"]["key"])
    world.findings([finding], 2)
    world.to_stage("manager-review")
    world.make_documents()
    page = next(each for _, each in formats(world, "lead", "findings-pack") if each["media_type"] == "text/html")
    text = world.call("lead", "GET", page["href"]).text
    assert "<img" not in text
    assert "One step from the chairs." in text


def test_once_closed_only_totals_can_be_read(world: World) -> None:
    world.shared()
    world.make_documents()
    before = formats(world, "lead", "findings-pack")[0][1]["href"]
    world.to_stage("closed")
    world.make_documents()
    assert world.call("manager", "GET", before).status_code == 404
    assert {version for version, _ in formats(world, "staff", "findings-pack")} == {2}
    for kind in ("findings-pack", "recommendations"):
        for _, each in formats(world, "staff", kind):
            text = told_in(world.call("staff", "GET", each["href"]).data, each["media_type"])
            assert "The whole queue turned round." not in text
            assert "Keep a space free" not in text
            assert "ppt/media/" not in text
    assert len(list(world.service.stored_objects())) == 16


@pytest.mark.parametrize(
    ("stage", "readers"),
    [
        ("sense-making", {"lead", "data-keeper"}),
        ("manager-review", {"lead", "data-keeper", "volunteer", "sponsor", "manager"}),
        ("shared", {"lead", "data-keeper", "volunteer", "sponsor", "manager", "working-group", "staff"}),
        ("closed", {"lead", "data-keeper", "sponsor", "manager", "working-group", "staff"}),
    ],
)
def test_who_may_read_documents(world: World, stage: str, readers: set[str]) -> None:
    world.call("lead", "POST", PATH)
    world.make_documents()
    world.to_stage(stage)
    world.make_documents()
    href = formats(world, "lead", "findings-pack")[0][1]["href"]
    roles = ("lead", "data-keeper", "volunteer", "sponsor", "manager", "working-group", "staff", "buddy")
    for role in roles:
        code = 200 if role in readers else 404
        assert world.call(role, "GET", PATH).status_code == code, role
        assert world.call(role, "GET", href).status_code == code, role
        assert world.browser(role).get(f"/reports/{EXERCISE}/documents").status_code == code, role
        if role != "lead":
            assert world.call(role, "POST", PATH).status_code in (403, 404), role


def test_what_is_not_there_is_not_there(world: World) -> None:
    for tail in ("/findings-pack/1.json", "/nonsense/1.html", "/findings-pack/x.json", f"/requests/{an_id('none')}"):
        assert world.call("lead", "GET", PATH + tail).status_code == 404


def test_the_same_facts_make_the_same_bytes() -> None:
    content = {
        "document": "recommendations",
        "exercise": {"title": "T", "partner": "P"},
        "by_status": {},
        "recommendations": [],
    }
    words: dict[str, dict[str, str]] = {"statuses": {}, "costs": {}, "roles": {}}
    assert as_json(content, 1, START) == as_json(dict(reversed(content.items())), 1, START)
    assert as_html(content, 1, START, words, {}) == as_html(content, 1, START, words, {})
    assert content_hash(content) == content_hash(dict(reversed(content.items())))
    assert content_hash(content) != content_hash(content | {"by_status": {"shared": 1}})


def test_words_of_people_cannot_become_markup(world: World) -> None:
    world.findings([RED | {"quotes": ["<script>alert(1)</script>"]}], 2)
    world.shared(title="<img src=x onerror=alert(1)>")
    world.make_documents()
    for kind in ("findings-pack", "recommendations"):
        page = next(each for _, each in formats(world, "lead", kind) if each["media_type"] == "text/html")
        text = world.call("lead", "GET", page["href"]).text
        assert "<script" not in text
        assert "<img src=x" not in text
        assert text.startswith('<!doctype html>\n<html lang="en-GB">')


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(PhotoUnreadable):
        with_marks(b"not a picture", [])
    marked = with_marks(a_photo(), [{"value": "trigger", "x": 99, "y": 99, "w": 50, "h": 50}])
    assert Image.open(io.BytesIO(marked)).size == (900, 600)


def test_documents_come_a_page_at_a_time_and_none_is_lost(world: World) -> None:
    world.shared()
    world.make_documents()
    for revision in (2, 3):
        world.findings([RED, STRENGTH] if revision == 2 else [RED], revision)
        world.call("lead", "POST", PATH)
        world.make_documents()
    whole = world.call("lead", "GET", PATH).get_json()
    assert (len(whole["items"]), whole["next"]) == (4, None)
    paged: list[Any] = []
    where = f"{PATH}?limit=1"
    while where:
        told = world.call("lead", "GET", where).get_json()
        assert len(told["items"]) == 1
        paged += told["items"]
        where = f"{PATH}?limit=1&after={told['next']}" if told["next"] else ""
    assert paged == whole["items"]
    for nonsense in ("x", "findings-pack.", "findings-pack.99999999999999999999", "a%00b.1", "%C3%A9.1"):
        assert world.call("lead", "GET", f"{PATH}?after={nonsense}").status_code == 422, nonsense


def test_an_exercise_whose_documents_cannot_be_made_stops_no_other_and_is_told_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = world.call("lead", "POST", PATH)
    with world.service.database.transaction() as tx:
        documents.ask(tx, an_id("another request"), an_id("another exercise"), world.clock.now(), "A lead asked.")
    now = 0.0
    world.documents.stubborn.monotonic = lambda: now

    def broken(*_args: object) -> None:
        raise RuntimeError("Ann's words, which no log may quote")

    with monkeypatch.context() as breaking:
        breaking.setattr("services.reporting.documents.making.as_html", broken)
        assert world.make_documents() == 2
        with world.service.database.reading() as tx:
            other = documents.request(tx, an_id("another request"))
        assert other is not None
        assert other.state == "done"
        for _ in range(2):
            assert (world.documents.pending(), world.documents.run_once()) == (1, 0)
            now += 20
            world.documents.run_once()
    assert world.documents.pending() == 0
    told = world.call("lead", "GET", asked.headers["Location"]).get_json()
    assert told["state"] == "failed"
    lead = world.browser("lead")
    progress = lead.get(f"/reports/{EXERCISE}/documents/requests/{told['id']}").text
    assert "The pack could not be made" in progress
    for page in (progress, lead.get(f"/reports/{EXERCISE}/documents").text):
        assert "could not be put together" in page
        assert "Ann" not in page
    assert "could not be put together" not in world.browser("volunteer").get(f"/reports/{EXERCISE}/documents").text
    world.call("lead", "POST", PATH)
    assert world.make_documents() == 1
    assert "could not be put together" not in lead.get(f"/reports/{EXERCISE}/documents").text


def test_a_file_whose_row_never_came_is_erased_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_args: object) -> None:
        raise TimeoutError

    world.call("lead", "POST", PATH)
    with monkeypatch.context() as away:
        away.setattr("services.reporting.store.documents.add", failing)
        with pytest.raises(TryLater):
            world.make_documents()
    assert list(world.service.objects.keys("documents/"))
    world.clock.move(timedelta(minutes=1))  # a file for programs says when it was made, so that it is another one now
    assert world.make_documents() == 1
    with world.service.database.reading() as tx:
        known = {key for key, _ in documents.stored(tx)}
    left_over = set(world.service.objects.keys("documents/")) - known
    assert left_over
    world.service.objects.put("photos/intakes-own", b"bytes", "image/jpeg")
    sweeper = DocumentSweeper(world.service)
    assert sweeper.run_once() == 0
    for key in world.service.objects.keys(""):
        at = world.clock.now().timestamp()
        os.utime(world.service.objects._path(key), (at, at))
    world.clock.move(timedelta(days=1, hours=1))
    assert sweeper.run_once() == len(left_over)
    assert set(world.service.objects.keys("")) == known | {"photos/intakes-own"}
    assert (sweeper.run_once(), sweeper.pending()) == (0, 0)


def test_it_is_told_how_many_are_ready_and_who_comes_first(world: World) -> None:
    world.to_stage("manager-review")
    lead, other = an_id("lead"), an_id("another exercise")
    with world.service.database.transaction() as tx:
        documents.ask(tx, an_id("before"), other, world.clock.now(), "Theirs.")
    world.make_documents()
    with world.service.database.transaction() as tx:
        documents.ask(tx, an_id("before again"), other, world.clock.now(), "Theirs.")
    world.clock.move(timedelta(minutes=1))
    asked = making.ask_for_documents(world.service, lead, EXERCISE)
    assert making.how_far(world.service, lead, EXERCISE, asked.id) == making.HowFar(0, 2, 1)
    with world.service.database.transaction() as tx:
        documents.close_request(tx, an_id("before again"), "done", "")
        ready = documents.newest(tx, EXERCISE, "findings-pack")
        assert ready is not None
        later = replace(ready, version=ready.version + 1, made_at=world.clock.now())
        documents.add(tx, later)
    assert making.how_far(world.service, lead, EXERCISE, asked.id) == making.HowFar(1, 2, 0)
