"""No word of a volunteer's pages is left in English: every page and state, with every marked sentence in brackets."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.store import addresses
from services.intake.use_cases import reaching
from shared.access.credentials import Credential, Purpose, issue
from tests.service.intake.plans import EXERCISE, a_plan, an_id
from tests.service.intake.visiting import Browser, Intake, a_jpeg, the_plan
from tests.service.left_in_english import left_in_english, put_in_brackets

PIE = an_id("assigned-volunteer-1-1-environment")
SHOP = an_id("assigned-volunteer-1-1-mystery-shop")


def wordless(value: Any, key: str = "") -> Any:
    """The same plan with digits where people wrote words, so that every letter on a page is ours."""
    if isinstance(value, dict):
        return {name: wordless(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [wordless(inner, key) for inner in value]
    written = ("name", "title", "stop_line", "character", "opening_line", "facts", "will_not_say", "safe_letter")
    return "4711" if key in written else value


def plan(**site: Any) -> dict[str, Any]:
    file = the_plan()
    for asked in file["assignments"]:
        if asked["volunteer"] == an_id("volunteer-1"):
            asked["buddy"] = an_id("buddy")
    whole: dict[str, Any] = wordless(a_plan(assignments=file["assignments"]))
    whole["sites"][0]["zones"] = ["AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX"]
    whole["sites"][0].update(site)
    return whole


class Reader(Browser):
    """Somebody who reads in another language, and finds every word that is not in it."""

    def __init__(self, intake: Intake, who: str) -> None:
        super().__init__(intake, who)
        self.client.get("/language/cy")

    def open(self, path: str) -> str:
        return self.read(path, super().open(path))

    def send(self, path: str, status: int = 303, **fields: Any) -> str:
        answered = super().send(path, status, **fields)
        return answered if status == 303 else self.read(path, answered)

    def read(self, path: str, page: str) -> str:
        assert left_in_english(page) == [], path
        return page


House = Callable[..., Intake]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    opened: list[Intake] = []

    def build(**site: Any) -> Intake:
        opened.append(Intake(tmp_path, plan_file=plan(**site)))
        Browser(opened[-1], "volunteer-1").open("/")  # what is made once must not stay in its first language
        put_in_brackets(monkeypatch)
        return opened[-1]

    yield build
    for intake in opened:
        intake.close()


def test_the_door(house: House) -> None:
    intake = house()
    me = Reader(intake, "volunteer-1")
    stranger = intake.app.test_client()
    stranger.get("/language/cy")
    for path in ("/sign-in", "/sign-in/no-such-link", "/weather", "/no-such-page", "/on-this-phone"):
        me.read(path, stranger.get(path).text)
    me.read("refused", stranger.post("/sign-out", data={}).text)
    me.read("twice", me.client.post("/language/cy").text)


def test_asked_and_answered(house: House) -> None:
    me = Reader(house(), "volunteer-1")
    me.open("/")
    for assignment in (PIE, SHOP):
        page = f"/visits/{assignment}/ready"
        me.open(page)
        for answer in ("swap-asked", "declined", "accepted"):
            me.send(f"/visits/{assignment}/answer", answer=answer)
            me.open(page)
            me.open("/")
            me.open(page)
    me.open(f"/visits/{SHOP}/letter")
    me.open(page)
    me.send(f"/visits/{SHOP}/prepare", 422, needs="1" * 501, code_word="2" * 61, number="3\x00")
    me.send(f"/visits/{PIE}/check-in", 409, minutes="60")


def test_the_way_there_and_back(house: House) -> None:
    intake = house()
    me, buddy = Reader(intake, "volunteer-1"), Reader(intake, "buddy")
    buddy.open("/")
    buddy.open("/my-number")
    buddy.send("/my-number", 422, number="1" * 41)
    buddy.send("/my-number", 422, number="+")
    buddy.send("/my-number", number="07700 900123")
    buddy.open("/my-number")
    me.open(f"/visits/{PIE}/ready")
    me.send(f"/visits/{PIE}/answer", answer="accepted")
    everything = dict.fromkeys(("needs", "company", "way_there", "way_out", "code_word", "if_missing"), "4711")
    me.send(f"/visits/{PIE}/prepare", number="07700 900123", **everything)
    me.open(f"/visits/{PIE}/ready")
    buddy.open("/")
    me.open(f"/visits/{PIE}/check-in")
    me.send(f"/visits/{PIE}/check-in", 422)
    trip = me.send(f"/visits/{PIE}/check-in", face="1", minutes="60")
    me.open(trip)
    me.open(f"/visits/{PIE}/check-in")
    me.open("/")
    late = [timedelta(minutes=minutes) for minutes in (61, 15, 15, 15, 15)]
    for pause in late:
        buddy.open("/")
        intake.clock.move(pause)
        for job in intake.jobs:
            job.run_once()
        me.open(trip)
    buddy.open("/")
    buddy.open(f"/out-now/{trip.rsplit('/', 1)[1]}")
    buddy.send(f"/out-now/{trip.rsplit('/', 1)[1]}", said="seen", back="home")
    buddy.open("/")
    for act in ("pause", "go-on", "stop", "go-on", "longer"):
        me.send(f"{trip}/{act}", minutes="30")
        me.open(trip)
        me.open("/")
        me.open(f"/visits/{PIE}/ready")
        buddy.open("/")
    me.send(f"/visits/{PIE}/answer", 409, answer="declined")
    me.open(trip)
    me.send(f"{trip}/check-out")
    me.open(trip)
    me.send(f"{trip}/check-out", 409)
    me.open(f"{trip}/talk")
    me.send(f"{trip}/talk", 422, words="1" * 2001)
    me.send(f"{trip}/talk", face="2", words="4711", call_me="true")
    buddy.open("/")
    me.open(trip)
    intake.clock.move(timedelta(days=7))
    me.open("/")
    me.open(trip)
    me.open(f"{trip}/second-talk")
    me.send(f"{trip}/second-talk", face="5")
    me.open(trip)


@pytest.mark.parametrize("assignment", [PIE, SHOP])
def test_the_visit(house: House, assignment: str) -> None:
    intake = house()
    me = Reader(intake, "volunteer-1")
    me.open(f"/visits/{assignment}/phone")
    me.open(f"/visits/{assignment}/ready")
    visit = me.send(f"/visits/{assignment}/start")
    me.open(visit)
    me.send(f"{visit}/form", form="long")
    me.open(visit)
    me.open("/")
    codes = {PIE: ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX"), SHOP: ("BE", "AR", "WE", "CV", "OU", "AF")}
    for code in codes[assignment]:
        me.open(f"{visit}/{code}")
    said, strong = ("P-WA-02", "WA") if assignment == PIE else ("M-WE-01", "WE")
    wrong = {f"a.{said}": "bad", f"w.{said}": "1" * 5000, "first": "1" * 5000}
    me.open(f"{visit}/{strong}")
    if assignment == PIE:
        me.send(f"{visit}/{strong}", 422, **wrong)
        me.open(f"{visit}/check")
        me.send(f"{visit}/check", 422)
        me.open(f"{visit}/{strong}")
        right = {f"a.{said}": "both", f"t.{said}": "3", f"c.{said}": "1", "first": "4711", "everything": "yes"}
    else:
        right = {f"a.{said}": "1", "face": "3"}
    me.send(f"{visit}/{strong}", then="later", **right, **{f"w.{said}": "4711"})
    me.open("/")
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", 422, visited_on="2030-01-01", part_of_day="morning")
    me.send(f"{visit}/check", 422, visited_on="2020-01-01", part_of_day="morning")
    me.send(f"{visit}/stop")
    me.open(f"{visit}/stopped")
    me.open(visit)
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning", keep_answers="yes")
    me.open(f"{visit}/receipt")
    me.send(f"{visit}/correct")
    me.open(visit)
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-09", part_of_day="morning", keep_answers="yes")
    me.open(f"{visit}/receipt")
    me.open("/")
    me.open(f"{visit}/take-back")
    me.send(f"{visit}/take-back")
    me.open(f"{visit}/receipt")
    me.open("/")


def test_photos(house: House) -> None:
    intake = house()
    me = Reader(intake, "volunteer-1")
    me.open(f"/visits/{PIE}/ready")
    visit = me.send(f"/visits/{PIE}/start")
    me.open(f"{visit}/RE")
    me.send(f"{visit}/RE", 422, photo_chosen=(io.BytesIO(b"<svg/>"), "x.jpg"))
    photo = me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg(9, (900, 600))), "1.jpg"))
    me.open(photo)
    intake.work("photo-cleaner")
    me.open(photo)
    me.send(photo, 422, words="1\x00")
    mark = {"felt": "trigger", "strength": "2", "item": "P-RE-02", "words": "4711"}
    me.send(photo, 422, box="90,90,30,130", **mark)
    for where in ("top-left", "middle-centre", "bottom-right"):
        me.send(photo, where=where, **mark)
        me.open(photo)
    me.open(f"{visit}/RE")
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="evening", use_photos="true")
    me.open(f"{visit}/receipt")


def test_where_no_photos_may_be_taken(house: House) -> None:
    me = Reader(house(photos_allowed=False), "volunteer-1")
    me.open(f"/visits/{PIE}/phone")
    me.open(f"/visits/{PIE}/ready")
    visit = me.send(f"/visits/{PIE}/start")
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", 422, photo_taken=(io.BytesIO(a_jpeg()), "x.jpg"))


def test_when_visits_are_not_taken(house: House) -> None:
    intake = house()
    intake.move("sense-making")
    me = Reader(intake, "volunteer-1")
    me.open("/")
    me.open(f"/visits/{PIE}/ready")
    me.send(f"/visits/{PIE}/start", 409)


def test_how_people_may_be_reached(house: House) -> None:
    intake = house()
    me, buddy = Reader(intake, "volunteer-1"), Reader(intake, "buddy")
    for reader, name in ((me, "4711@4711.4711"), (buddy, "4712@4711.4711")):
        reader.open("/reach-me")
        reader.send("/reach-me", 422, address=name.partition("@")[0])
        reader.send("/reach-me", 422, address="1" * 300 + "@")
    buddy.open("/reach-me/stop/nothing")
    token = written_to(intake, me)
    me.open("/reach-me")
    assert me.client.get(f"/reach-me/confirm/{token}").status_code == 200
    me.open(f"/reach-me/confirm/{token}")
    me.open(f"/reach-me/stop/{token}")
    buddy.read("not mine", buddy.client.get(f"/reach-me/confirm/{token}").text)
    stranger = intake.app.test_client()
    stranger.get("/language/cy")
    buddy.read("not signed in", stranger.get(f"/reach-me/confirm/{token}").text)


def written_to(intake: Intake, reader: Reader) -> str:
    """What stands in the links of a letter to this reader, whose address has no word in it."""
    person_id = an_id("volunteer-1")
    reaching.keep_address(intake.service, person_id, "4711@4711.4711", [], way_in=False, language="cy")
    with intake.service.database.reading() as tx:
        reach = addresses.reach_of(tx, person_id)
    assert reach is not None
    named = Credential(person_id, reach.id, intake.clock.now() + timedelta(days=1))
    return issue(intake.settings.signing_key, Purpose.ADDRESS, named)


def test_pages_of_others_stay_english_and_say_so(house: House) -> None:
    lead = Browser(house(), "lead")
    lead.client.get("/language/ar")
    for path in ("/", f"/exercises/{EXERCISE}", f"/exercises/{EXERCISE}/plan"):
        page = lead.open(path)
        assert '<html lang="en-GB" dir="ltr">' in page
        assert "⟦" not in page
