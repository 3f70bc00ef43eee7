"""The pages of findings: what each reader sees first, in words, and what is kept from whom."""

from __future__ import annotations

import re
from typing import Any

from services.assessment.domain.findings import finding_id
from shared.contracts import catalogue
from shared.storage.blobs.port import ObjectStore
from tests.service.assessment.house import House
from tests.service.strict_bodies import hold_to_strict_json
from tests.unit.assessment.sent import EXERCISE, SITE, environment, talk, visit_id

PLACE = f"/findings/{EXERCISE}/{SITE}"
RED = finding_id(EXERCISE, SITE, "P-RE-03", "RE", "red")
PHOTO = "cccccccc-0000-4000-8000-000000000001"


def four_visits(house: House, *, wave: int = 1, start: int = 1, desk: str = "t3") -> None:
    """A building and a talk, enough for a partner to see."""
    visits = [
        environment(
            start + at,
            {"RE-01": "c3", "RE-02": "t1", "RE-03": desk if at == 0 else "fine", "RE-04": "t1"},
            volunteer=f"v{at % 3}",
            zones=["RE"],
            complete=["RE"],
            wave=wave,
        )
        for at in range(4)
    ]
    house.send(*visits, *(talk(start + 6 + at, {"WE-03": "0", "CV-01": "2"}, wave=wave) for at in range(3)))


def release_words(house: House, text: str, *, wave: int = 1) -> None:
    """A data keeper lets a quote out."""
    told = {"visit_id": visit_id(1), "exercise_id": EXERCISE, "site_id": SITE, "wave": wave, "words_id": f"w{wave}"}
    told |= {"item": "P-RE-03", "zone": "RE", "stage": None, "text": text, "volunteer_key": "v0"}
    house.publish([(catalogue.WORDS_RELEASED, told)])
    house.drain()


def release_photo(house: House, *, wave: int = 1, photo: str = PHOTO) -> dict[str, Any]:
    """A data keeper lets a photo out."""
    objects: ObjectStore = house.service.objects
    objects.put("photos/aa", b"a picture", "image/jpeg")
    copy = {"key": "photos/aa", "sha256": "aa", "media_type": "image/jpeg", "width": 800, "height": 600}
    mark = {
        "type": "Annotation",
        "body": {"purpose": "tagging", "value": "trigger", "item": "P-RE-03", "strength": 3, "words": "so loud"},
        "target": {"selector": {"type": "FragmentSelector", "value": "xywh=percent:10,20,30,40"}},
    }
    told = {"photo_id": photo, "visit_id": visit_id(1), "exercise_id": EXERCISE, "site_id": SITE, "wave": wave}
    told |= {"zone": "RE", "display": copy, "thumbnail": copy, "annotations": [mark]}
    house.publish([(catalogue.PHOTO_RELEASED, told)])
    house.drain()
    return told


def test_the_page_of_a_place_for_its_lead(house: House) -> None:
    four_visits(house)
    release_words(house, "I had to say it all out loud.")
    release_photo(house)
    page = house.page(PLACE)
    assert "Little in this building got to people, say four visits by three volunteers." in page
    assert "But two red flags are open, so we call it strained." in page
    assert "By points alone it would be calm" in page, "the word for the building is not another than above"
    assert page.index("What is good and should stay") < page.index("<h2>Red flags") < page.index("The way through")
    assert "Being overheard by other people got to people" in page
    assert "No private or safe place to talk was offered" in page
    assert "We asked: Could other people hear what you said?" in page
    assert "alpha" not in page.partition("How far people agreed, in figures")[0]
    assert "1 of 4 visits; it could be up to 70% of visits" in page
    assert "I had to say it all out loud." in page
    assert "so loud" in page
    assert f"{PLACE}/photos/{PHOTO}" in page
    assert "Must-haves" in page
    stages = page.partition("<h2>The talk")[2].partition("Must-haves")[0]
    assert "Being met Done: 0 of 6 points" in " ".join(re.sub("<[^>]+>", " ", stages).split())
    assert "<table" not in stages, "a table is cut off on a phone"
    assert "What this is not" in page
    assert f'href="/recommendations/findings/{RED}"' in page, "what is suggested about it, and the answer"
    assert page.count("What is suggested about this") == page.count("od-finding--red") + page.count("od-finding--amber")


def test_nothing_yet_says_what_will_be_here(house: House) -> None:
    page = house.page(PLACE)
    assert "Nobody has been there yet." in page
    assert "When visits have come in" in page


def test_the_list_of_places(house: House) -> None:
    assert "Office 1" in house.page("/findings")
    assert "Nothing to read yet." in house.page("/findings", "manager")
    house.plan("shared")
    assert PLACE in house.page("/findings", "staff")


def test_a_photo_is_shown_while_it_is_released_and_no_longer(house: House) -> None:
    four_visits(house)
    told = release_photo(house)
    picture = house.app.test_client().get(f"{PLACE}/photos/{PHOTO}", headers=house.bearer("lead"))
    assert (picture.status_code, picture.data, picture.mimetype) == (200, b"a picture", "image/jpeg")
    house.page(f"{PLACE}/photos/{PHOTO}", "manager", 404)
    house.plan("manager-review")
    house.page(f"{PLACE}/photos/{PHOTO}", "manager", 200)
    held = {name: told[name] for name in ("photo_id", "visit_id", "exercise_id", "site_id")}
    house.publish([(catalogue.PHOTO_HELD_BACK, held)])
    house.drain()
    house.page(f"{PLACE}/photos/{PHOTO}", "manager", 404)
    assert house.get(f"/exercises/{EXERCISE}/sites/{SITE}/photos/{PHOTO}", status=404)


def test_a_withdrawn_visit_takes_its_words_and_photos_along(house: House) -> None:
    four_visits(house)
    release_words(house, "I had to say it all out loud.")
    release_photo(house)
    house.withdraw(1)
    page = house.page(PLACE)
    assert "out loud" not in page
    assert PHOTO not in page


def test_a_manager_replies_beside_the_finding(house: House) -> None:
    four_visits(house)
    house.plan("manager-review")
    before = next(one for one in house.findings("manager") if one["id"] == RED)
    house.post(
        f"/exercises/{EXERCISE}/sites/{SITE}/findings/{RED}/reply", {"text": "The screen is ordered."}, "manager", 201
    )
    after = next(one for one in house.findings("manager") if one["id"] == RED)
    assert after.pop("reply") == "The screen is ordered."
    assert before.pop("reply") is None
    assert after == before
    assert "The screen is ordered." in house.page(PLACE, "lead")
    house.post(f"/exercises/{EXERCISE}/sites/{SITE}/findings/{RED}/reply", {"text": "x"}, "lead", 403)
    house.post(f"/exercises/{EXERCISE}/sites/{SITE}/findings/{RED}/reply", {"text": " "}, "manager", 422)
    house.post(f"/exercises/{EXERCISE}/sites/{SITE}/findings/{RED}/reply", {"text": "x", "k": 0}, "manager", 422)
    house.post(f"/exercises/{EXERCISE}/sites/{SITE}/findings/{EXERCISE}/reply", {"text": "x"}, "manager", 404)


def test_before_and_after_puts_single_things_first(house: House) -> None:
    four_visits(house)
    four_visits(house, wave=2, start=21, desk="fine")
    page = house.page(f"{PLACE}/compare?from=1&to=2")
    assert page.index("Being overheard by other people") < page.index("All together, last")
    assert "Then it got to people on 1 of 4 visits, now on 0 of 4." in page
    assert "Put right" in page
    assert f'href="/recommendations?exercise_id={EXERCISE}&amp;site_id={SITE}"' in page
    for query in ("from=2&to=1", "from=x&to=2", "from=1", "from=1&to=9"):
        house.page(f"{PLACE}/compare?{query}", status=404)


def test_photos_stand_side_by_side_and_the_round_without_one_says_so(house: House) -> None:
    four_visits(house)
    four_visits(house, wave=2, start=21)
    release_photo(house)
    page = house.page(f"{PLACE}/compare?from=1&to=2")
    pair = page.partition('<div class="od-pair">')[2].partition("</article>")[0]
    assert (
        pair.index("<h3>Then")
        < pair.index(PHOTO)
        < pair.index("<h3>Now")
        < pair.index("No photo of it from the second")
    )
    later = PHOTO.replace("1", "2")
    release_photo(house, wave=2, photo=later)
    pair = house.page(f"{PLACE}/compare?from=1&to=2").partition('<div class="od-pair">')[2].partition("</article>")[0]
    assert pair.index(PHOTO) < pair.index("<h3>Now") < pair.index(later)
    assert "No photo of it" not in pair


def test_the_talk_stands_in_before_and_after_with_what_is_put_right_or_still_open(house: House) -> None:
    then, now = {"WE-03": "0", "CV-01": "2", "OU-04": "0"}, {"WE-03": "2", "CV-01": "0", "OU-04": "0"}
    house.send(*(talk(40 + at, then, volunteer=f"v{at % 2}") for at in range(3)))
    house.send(*(talk(50 + at, now, volunteer=f"v{at % 2}", wave=2) for at in range(3)))
    page = house.page(f"{PLACE}/compare?from=1&to=2").partition("<h2>The talk")[2]
    said = [" ".join(re.sub("<[^>]+>", " ", part).split()) for part in re.findall("<article.*?</article>", page, re.S)]
    assert [re.sub(r" [A-Z][^A-Z]* Then", "; then", part) for part in said] == [
        "New red flag; then it was not done on 0 of 3 visits, now on 3 of 3.",
        "Still open; then it was not done on 3 of 3 visits, now on 3 of 3.",
        "Put right; then it was not done on 3 of 3 visits, now on 0 of 3.",
    ]


def test_below_the_rule_a_partner_is_told_of_the_talk_then_and_now_without_a_number(house: House) -> None:
    house.send(talk(1, {"WE-03": "0"}), talk(2, {"WE-03": "2"}, wave=2))
    house.plan("shared", releases=[2])
    page = house.page(f"{PLACE}/compare?from=1&to=2", "manager")
    assert "How often is not shown, so that nobody can be recognised." in page
    assert "it was not done" not in page


def test_pages_in_queries_that_make_no_sense_are_not_there(house: House) -> None:
    for query in ("wave=x", "wave=-1", "wave=99999999999", "wave=7", "wave=²"):
        house.page(f"{PLACE}?{query}", status=404)


def test_who_may_not_read_findings_sees_what_a_stranger_sees(house: House) -> None:
    four_visits(house)
    nowhere = f"/findings/{EXERCISE}/{EXERCISE}"
    for role in ("staff", "manager", "sponsor", "buddy", "volunteer", "working-group"):
        mine, elsewhere = (house.page(path, role, 404) for path in (PLACE, nowhere))
        assert _without_token(mine) == _without_token(elsewhere)
        bodies = [house.get(f"/exercises/{EXERCISE}/sites/{site}/waves/1", role, 404) for site in (SITE, EXERCISE)]
        assert bodies[0] == bodies[1]


def _without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_a_partner_reads_words_only_of_waves_that_enough_people_saw(house: House) -> None:
    house.send(environment(1, {"RE-03": "t3"}))
    release_words(house, "I was the only one that day.")
    four_visits(house, wave=2, start=21)
    house.plan("action", releases=[2])
    seen = {role: next(one for one in house.findings(role) if one["id"] == RED) for role in ("manager", "lead")}
    assert seen["lead"]["quotes"] == ["I was the only one that day."]
    assert seen["manager"]["quotes"] == []
    assert (seen["manager"]["k"], seen["manager"]["n"]) == (1, 4)
    house.plan("closed", releases=[2])
    assert all(one["quotes"] == one["photos"] == [] for one in house.findings("lead"))


def test_below_the_rule_a_partners_pages_tell_red_flags_and_no_number(house: House) -> None:
    said = {"RE-01": "c3", "RE-02": "t2", "RE-03": "t3"}
    for wave in (1, 2):
        house.send(*(environment(wave * 10 + at, said, volunteer="one", wave=wave) for at in (1, 2)))
        house.send(talk(wave * 10 + 5, {"WE-03": "0", "CV-01": "2"}, volunteer="one", wave=wave, faces={"WE": 1}))
    release_words(house, "Only I said this.")
    house.plan("action", releases=[2])
    page = house.page(PLACE, "manager")
    assert "Too few visits by too few people" in page
    assert "Two red flags are open." in page
    assert "Could other people hear what you said?" in page
    assert "Only I said this." not in page
    assert "of 2 visits" not in page
    assert "of 3 points" not in page
    assert "What did the guard" not in page
    compared = house.page(f"{PLACE}/compare?from=1&to=2", "manager")
    assert "Still open" in compared
    assert "All together, last" not in compared
    assert "of 2 visits" not in compared


def test_a_closed_exercise_shows_figures_and_no_words(house: House) -> None:
    four_visits(house)
    release_words(house, "I had to say it all out loud.")
    house.plan("closed")
    page = house.page(PLACE, "staff")
    assert "1 of 4 visits" in page
    assert "out loud" not in page
    house.page(PLACE, "volunteer", 404)


def test_a_reply_without_words_is_asked_for_again_with_what_was_typed(house: House) -> None:
    four_visits(house)
    house.plan("manager-review")
    client = house.app.test_client()
    sent = client.post(f"{PLACE}/findings/{RED}/reply", data={"text": "  "}, headers=house.bearer("manager"))
    assert sent.status_code == 422
    assert "may not be empty" in sent.get_data(as_text=True)
    kept = client.post(f"{PLACE}/findings/{RED}/reply", data={"text": "It is gone."}, headers=house.bearer("manager"))
    assert kept.status_code == 303
    assert kept.headers["Location"].endswith(f"#finding-{RED}")
    refused = client.post(f"{PLACE}/findings/{RED}/reply", data={"text": "x"}, headers=house.bearer("lead"))
    assert refused.status_code == 403


def test_a_reply_is_read_as_strictly_as_visits_are(house: House) -> None:
    four_visits(house)
    house.plan("manager-review")
    where = f"/api/assessment/v1/exercises/{EXERCISE}/sites/{SITE}/findings/{RED}/reply"
    hold_to_strict_json(house.app.test_client(), "POST", where, house.bearer("manager"), {"text": "Done."}, 100_000)
