"""The lead's pages change the plan through the same use cases, and nobody else opens them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from services.intake.use_cases.plan import export_plan, import_plan
from tests.service.intake.planning import House, an_intake
from tests.service.intake.plans import EXERCISE, SITE, a_plan, an_id

PAGE = f"/exercises/{EXERCISE}"
PLAN = f"{PAGE}/plan"
LEADS_ONLY = (
    PLAN,
    f"{PLAN}/about",
    f"{PLAN}/waves",
    f"{PLAN}/sites/new",
    f"{PLAN}/sites/{SITE}",
    f"{PLAN}/scenarios/new",
    f"{PLAN}/people/{an_id('lead')}",
    f"{PLAN}/assignments",
    f"{PLAN}/file",
    f"{PAGE}/closure",
    f"{PAGE}/back",
    f"{PAGE}/notice",
    "/exercises/new",
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(an_intake(tmp_path))


def plan_of(house: House) -> dict[str, object]:
    """The plan as it is kept."""
    return export_plan(house.service, EXERCISE)


def test_opening_a_link_signs_nobody_in_and_the_button_does(house: House) -> None:
    browser = house.browser("lead")
    assert browser.get("/").status_code == 200
    stranger = house.app.test_client()
    assert stranger.get("/").headers["Location"] == "/sign-in"
    assert "Ask the lead" in stranger.get("/sign-in").text
    assert stranger.get("/sign-in/made-up").status_code == 404
    assert stranger.post("/sign-in/made-up").status_code == 403  # no token of a page of ours
    gone = browser.send("/sign-out", {}, page="/")
    assert "cache" in gone.headers["Clear-Site-Data"]
    assert browser.get("/").status_code == 303


def test_the_lead_opens_every_page_and_nobody_else_does(house: House) -> None:
    lead = house.browser("lead")
    assert {path: lead.get(path).status_code for path in LEADS_ONLY} == dict.fromkeys(LEADS_ONLY, 200)
    for who in ("data-keeper", "volunteer-1", "sponsor", "staff"):
        other = house.browser(who)
        assert {path: other.get(path).status_code for path in LEADS_ONLY} == dict.fromkeys(LEADS_ONLY, 404)


def test_everybody_finds_something_on_their_first_page(house: House) -> None:
    assert "What waits for you" in house.browser("data-keeper").get("/").text
    assert "Pier Road office" in house.browser("volunteer-2").get("/").text
    assert "Pier Road, autumn" in house.browser("sponsor").get("/").text
    assert "nothing here for you to read yet" in house.browser("staff").get("/").text
    house.move("shared")
    assert f"/reports/{EXERCISE}" in house.browser("staff").get("/").text
    assert f"/findings/{EXERCISE}/{SITE}" in house.browser("manager").get("/").text


def test_each_piece_saves_by_itself(house: House) -> None:
    lead = house.browser("lead")
    about = {"title": "Winter", "name": "Seaside", "kind": "housing", "mode": "announced"}
    assert lead.send(f"{PLAN}/about", about, page=f"{PLAN}/about").status_code == 303
    waves = {"opens": ["2026-10-01", "2027-02-01", ""], "closes": ["2026-10-31", "2027-02-20", ""]}
    assert lead.send(f"{PLAN}/waves", waves, page=f"{PLAN}/waves").status_code == 303
    site = {"name": "A second office", "zones": ["EN", "AP"]}
    assert lead.send(f"{PLAN}/sites/new", site, page=f"{PLAN}/sites/new").status_code == 303
    person = {"name": "Somebody new", "roles": ["volunteer"], "representative": "true"}
    assert lead.send(f"{PLAN}/people/new", person, page=f"{PLAN}/people/new").status_code == 303
    scenario = {"title": "By phone", "channel": "phone", "stop_line": "Stop at the NI number.", "facts": "One\r\nTwo"}
    assert lead.send(f"{PLAN}/scenarios/new", scenario, page=f"{PLAN}/scenarios/new").status_code == 303
    plan = plan_of(house)
    assert plan["exercise"] | {"id": ""} == {
        "id": "",
        "title": "Winter",
        "mode": "announced",
        "waves": [
            {"number": 1, "opens": "2026-10-01", "closes": "2026-10-31"},
            {"number": 2, "opens": "2027-02-01", "closes": "2027-02-20"},
        ],
    }
    assert plan["partner"] | {"id": ""} == {"id": "", "name": "Seaside", "kind": "housing"}
    assert plan["sites"][1] | {"id": ""} == {
        "id": "",
        "name": "A second office",
        "zones": ["AP", "EN"],
        "photos_allowed": False,
    }
    assert plan["people"][-1] | {"id": ""} == {
        "id": "",
        "name": "Somebody new",
        "roles": ["volunteer"],
        "representative": True,
    }
    assert plan["scenarios"][1] | {"id": ""} == {
        "id": "",
        "title": "By phone",
        "channel": "phone",
        "stop_line": "Stop at the NI number.",
        "facts": ["One", "Two"],
        "unwind": [],
    }


def test_a_wave_keeps_its_number_when_another_is_taken_out(house: House) -> None:
    lead = house.browser("lead")
    three = {"opens": ["2026-10-01", "2027-02-01", "2027-02-01"], "closes": ["2026-10-31", "2027-02-20", "2027-02-10"]}
    assert lead.send(f"{PLAN}/waves", three, page=f"{PLAN}/waves").status_code == 303
    assert [wave["number"] for wave in plan_of(house)["exercise"]["waves"]] == [1, 2, 3]
    without = {"opens": ["2026-10-01", "", "2027-02-01"], "closes": ["2026-10-31", "", "2027-02-10"]}
    assert lead.send(f"{PLAN}/waves", without, page=f"{PLAN}/waves").status_code == 303
    assert [wave["number"] for wave in plan_of(house)["exercise"]["waves"]] == [1, 3]
    page = lead.get(f"{PLAN}/waves").text
    assert all(f"Round {number}" in page for number in (1, 3, 4))
    assert "Round 2" not in page


def test_a_fault_stands_beside_its_field_and_nothing_is_lost(house: House) -> None:
    lead = house.browser("lead")
    wrong = {"title": "By phone", "channel": "phone", "character": "Somebody patient"}
    shown = lead.send(f"{PLAN}/scenarios/new", wrong, page=f"{PLAN}/scenarios/new")
    assert shown.status_code == 422
    assert "Where to stop: please fill this in." in shown.text
    assert "Somebody patient" in shown.text
    covert = {"title": "T", "name": "N", "kind": "other", "mode": "covert"}
    assert "decision" in lead.send(f"{PLAN}/about", covert, page=f"{PLAN}/about").text
    backwards = {"opens": ["2026-10-01", "2026-11-20"], "closes": ["2026-10-31", "2026-11-01"]}
    refused = lead.send(f"{PLAN}/waves", backwards, page=f"{PLAN}/waves")
    assert refused.status_code == 422
    assert 'id="f-closes-2-fault"' in refused.text, "the fault stands beside its day"
    needed = lead.send(f"{PLAN}/sites/{SITE}", {"remove": "1"}, page=f"{PLAN}/sites/{SITE}")
    assert needed.status_code == 422
    assert plan_of(house) == a_plan()


def test_two_leads_do_not_overwrite_each_other(house: House) -> None:
    lead = house.browser("lead")
    stale = {"version": "1", "title": "Old", "name": "N", "kind": "other", "mode": "announced"}
    house.move("fieldwork")
    assert lead.send(f"{PLAN}/about", stale, page=f"{PLAN}/about").status_code == 409
    assert plan_of(house) == a_plan()


def test_assignments_are_a_grid_and_the_volunteer_has_the_last_word(house: House) -> None:
    lead, volunteer = house.browser("lead"), house.browser("volunteer-2")
    asked = {"volunteer": an_id("volunteer-2"), "site": SITE, "wave": "2", "kind": "environment"}
    assert lead.send(f"{PLAN}/assignments", asked, page=f"{PLAN}/assignments").status_code == 303
    assert len(plan_of(house)["assignments"]) == 3  # type: ignore[arg-type]
    answer = f"/visits/{an_id('assignment-2')}/answer"
    assert volunteer.send(answer, {"answer": "swap-asked"}, page="/sign-in").status_code == 303
    grid = lead.get(f"{PLAN}/assignments").text
    assert "The volunteer would like to swap." in grid
    assert "Somebody would like to swap a visit" in lead.get("/").text
    assert volunteer.send(answer, {"answer": "declined"}, page="/sign-in").status_code == 303
    assert "Pier Road office" in volunteer.get("/").text  # the other one is still asked
    assert volunteer.send(answer, {"answer": "whatever"}, page="/sign-in").status_code == 422
    others = f"/visits/{an_id('assignment-1')}/answer"
    assert volunteer.send(others, {"answer": "declined"}, page="/sign-in").status_code == 404
    out = lead.send(f"{PLAN}/assignments/{an_id('assignment-2')}/remove", {}, page=f"{PLAN}/assignments")
    assert out.status_code == 303
    assert len(plan_of(house)["assignments"]) == 2  # type: ignore[arg-type]


def test_a_link_is_made_and_taken_back(house: House) -> None:
    lead = house.browser("lead")
    page = f"{PLAN}/people/{an_id('staff')}"
    made = lead.send(f"{page}/link", {}, page=page).text
    link = made.split("/sign-in/")[1].split("<")[0]
    assert house.app.test_client().get(f"/sign-in/{link}").status_code == 200
    assert "taken back" in lead.send(f"{page}/revoke", {}, page=page).text
    assert house.app.test_client().get(f"/sign-in/{link}").status_code == 404
    assert lead.send(f"{PLAN}/people/{an_id('stranger')}/link", {}, page=page).status_code == 404


def test_what_ends_something_is_asked_first_and_what_happened_is_said(house: House) -> None:
    lead = house.browser("lead")
    begin = lead.get(PAGE).text
    assert re.search(r'<button class="govuk-button" type="submit">Start the visits</button>', begin)
    lead.send(f"{PAGE}/stage", {"to": "fieldwork"}, page=PAGE)
    visits = lead.get(PAGE).text
    assert "The visits have begun." in visits
    folded = re.search(r"<details[^>]*><summary[^>]*>End the visits</summary>(.*?)</details>", visits, re.DOTALL)
    assert folded
    assert "nothing more can be sent for round 1, not even what is written on a phone already." in folded[1]
    assert "In 1 building, visits are still missing" in folded[1]
    assert "Yes, end the visits</button>" in folded[1]
    assert 'type="submit">End the visits' not in visits
    lead.send(f"{PAGE}/stage", {"to": "sense-making"}, page=PAGE)
    assert "The visits are over." in lead.get(PAGE).text
    lead.send(f"{PAGE}/stage", {"to": "fieldwork", "reason": "Too soon."}, page=f"{PAGE}/back")
    assert "The exercise went back one stage." in lead.get(PAGE).text


def test_closing_is_asked_first_too(house: House) -> None:
    house.move("action")
    house.close()
    page = house.browser("lead").get(PAGE).text
    assert re.search(r"<summary[^>]*>Close the exercise</summary>", page)
    assert "no single visit can be read any more" in page
    assert "Yes, close the exercise</button>" in page


def test_a_manager_finds_what_waits_for_an_answer_first(house: House) -> None:
    link = 'class="govuk-button" href="/recommendations?show=mine"'
    house.move("sense-making")
    assert link not in house.browser("manager").get("/").text
    house.act_on_release("manager-review")
    for stage in ("manager-review", "shared", "action"):
        if stage == "shared":
            house.act_on_release("shared")
        if stage == "action":
            assert house.call("lead", "POST", f"/api/intake/v1{PAGE}/stage", json={"to": "action"}).status_code == 200
        page = house.browser("manager").get("/").text
        assert page.index(link) < page.index("od-card"), stage
        assert link not in house.browser("sponsor").get("/").text
        assert link not in house.browser("staff").get("/").text
    house.close()
    assert house.call("lead", "POST", f"/api/intake/v1{PAGE}/stage", json={"to": "closed"}).status_code == 200
    assert link not in house.browser("manager").get("/").text


def test_everybody_of_the_partner_reads_first_that_nobody_is_judged_and_then_what_their_part_is_about(
    house: House,
) -> None:
    house.move("action")
    heard, asked, found = f'"/reports/{EXERCISE}"', '"/recommendations?exercise_id=', f'"/findings/{EXERCISE}/'
    for who, order in (
        ("staff", (heard, asked, found)),
        ("working-group", (asked, heard, found)),
        ("manager", (found, asked, heard)),
        ("sponsor", (found, asked, heard)),
    ):
        page = house.browser(who).get("/").text.split("<main")[1]
        places = [page.index(words) for words in ("not at who works there. Nobody is named.", *order)]
        assert places == sorted(places), who


def test_a_lead_finds_late_answers_and_what_staff_worry_about(house: House) -> None:
    house.move("manager-review")
    page = house.browser("lead").get("/").text
    assert 'href="/recommendations?show=overdue"' in page
    assert f'href="/reports/{EXERCISE}"' not in page
    house.act_on_release("shared")
    page = house.browser("lead").get("/").text
    assert f'<a href="/reports/{EXERCISE}">Hopes and worries of staff</a>' in page


def test_the_stages_by_buttons(house: House) -> None:
    lead, other = house.browser("lead"), house.browser("volunteer-1")
    assert lead.send(f"{PAGE}/stage", {"to": "fieldwork"}, page=PAGE).status_code == 303
    assert lead.send(f"{PAGE}/stage", {"to": "plan"}, page=f"{PAGE}/back").status_code == 422
    assert lead.send(f"{PAGE}/stage", {"to": "plan", "reason": "Too soon."}, page=f"{PAGE}/back").status_code == 303
    assert "Too soon." in lead.get(PAGE).text
    house.move("sense-making")
    assert lead.send(f"{PAGE}/releases", {"to": "manager-review"}, page=PAGE).status_code == 303
    assert "A release waits for your yes" not in lead.get("/").text
    taken = lead.send(f"{PAGE}/releases", {"to": "manager-review", "take_back": "1"}, page=PAGE)
    assert taken.status_code == 303
    lead.send(f"{PAGE}/releases", {"to": "manager-review"}, page=PAGE)
    other.send(f"{PAGE}/releases", {"to": "manager-review"}, page=PAGE)
    assert "Managers reply" in house.browser("manager").get(PAGE).text
    assert "I say yes" not in house.browser("manager").get(PAGE).text


def test_the_closure_by_its_page(house: House) -> None:
    lead = house.browser("lead")
    house.move("action")
    half = lead.send(
        f"{PAGE}/closure", {"unwind": "The dummy record", "statement": "It ended."}, page=f"{PAGE}/closure"
    )
    assert half.status_code == 422
    assert "It ended." in half.text
    both = {"unwind": ["The dummy record", "The appointment in the diary"], "statement": "It ended."}
    assert lead.send(f"{PAGE}/closure", both, page=f"{PAGE}/closure").status_code == 303
    assert lead.send(f"{PAGE}/stage", {"to": "closed"}, page=PAGE).status_code == 303


def test_the_notice_is_only_for_announced_exercises(house: House) -> None:
    lead = house.browser("lead")
    assert "no notice to put up" in lead.get(f"{PAGE}/notice").text
    about = {"title": "T", "name": "N", "kind": "other", "mode": "announced"}
    lead.send(f"{PLAN}/about", about, page=f"{PLAN}/about")
    notice = lead.get(f"{PAGE}/notice").text
    assert "They test the system, not you" in notice
    assert re.search(r"will visit [^<]*\S\s+to find out", notice), "the last building and the words after it stay apart"
    assert "October" not in notice  # it never tells when
    assert 'class="od-aside od-no-paper"' in notice, "what is said to the lead is not put up for staff"


def test_a_new_exercise_and_the_plan_as_a_file(house: House) -> None:
    lead = house.browser("lead")
    first = {
        "title": "The next one",
        "partner": an_id("partner"),
        "mode": "announced",
        "site_name": "A third office",
        "zones": ["AP", "RE"],
        "opens": "2027-03-01",
        "closes": "2027-03-31",
    }
    begun = lead.send("/exercises/new", first, page="/exercises/new")
    assert begun.status_code == 303
    assert "The next one" in lead.get("/").text
    assert "A third office" in lead.get(begun.headers["Location"]).text
    empty = lead.send("/exercises/new", {"title": ""}, page="/exercises/new")
    assert empty.status_code == 422
    assert "Title: please fill this in." in empty.text

    def bring(text: bytes) -> int:
        # Written out by hand: the test client keeps a big body in a file of its own that it never closes.
        token = re.search(r'name="csrf_token" value="([^"]+)"', lead.get("/exercises/new").text)
        assert token
        parts = [b'name="csrf_token"\r\n\r\n' + token[1].encode(), b'name="file"; filename="p.json"\r\n\r\n' + text]
        body = (
            b"".join(b"--line\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--line--\r\n"
        )
        kind = "multipart/form-data; boundary=line"
        return lead.client.post("/exercises/import", data=body, content_type=kind).status_code

    changed = json.loads(lead.get(f"{PLAN}/file").text)
    assert changed == a_plan()
    changed["exercise"]["title"] = "By file"
    assert bring(json.dumps(changed).encode()) == 303
    assert plan_of(house)["exercise"]["title"] == "By file"  # type: ignore[index]
    twice = json.dumps(changed).replace('"title":', '"title": "Lost", "title":', 1).encode()
    for hostile in (b"", b"{", b"\xff", b"[" * 100_000, b"7", b"x" * 2_100_000, twice, b'{"\\ud800": 1}'):
        assert bring(hostile) == 422


def test_a_lead_of_one_exercise_does_not_change_another(house: House) -> None:
    other = a_plan(scenarios=[], assignments=[])
    other["exercise"] = {**other["exercise"], "id": an_id("other")}
    other["people"] = [person for person in other["people"] if person["id"] != an_id("lead")]
    import_plan(house.service, other)
    lead = house.browser("lead")
    file = {"file": (io.BytesIO(json.dumps(other | {"sites": a_plan()["sites"]}).encode()), "plan.json")}
    assert lead.send("/exercises/import", file, page="/exercises/new").status_code == 404
    assert lead.get(f"/exercises/{an_id('other')}/plan").status_code == 404


def test_guessing_at_links_is_slowed_down_and_nothing_else_is(tmp_path: Path) -> None:
    client = House(an_intake(tmp_path, rate_limits=True)).app.test_client()
    answers = [client.get(f"/sign-in/guess-{number}").status_code for number in range(31)]
    assert (set(answers[:30]), answers[30]) == ({404}, 429)
    assert client.get("/sign-in/guess-31").headers["Retry-After"]
    assert {client.get("/sign-in").status_code for _ in range(40)} == {200}


def _guesses(tmp_path: Path, proxies: int) -> list[int]:
    client = House(an_intake(tmp_path, rate_limits=True, OPENDOOR_PROXIES=str(proxies))).app.test_client()
    passed_on = [{"X-Forwarded-For": f"203.0.113.{number}, 10.0.0.7"} for number in range(31)]
    return [client.get("/sign-in/guess", headers=headers).status_code for headers in passed_on]


def test_behind_our_own_proxies_one_who_guesses_locks_out_nobody_else(tmp_path: Path) -> None:
    assert set(_guesses(tmp_path, 2)) == {404}


@pytest.mark.parametrize("proxies", [0, 1])
def test_an_address_that_no_proxy_of_ours_wrote_is_not_believed(tmp_path: Path, proxies: int) -> None:
    assert _guesses(tmp_path, proxies)[30] == 429


@pytest.mark.parametrize("wave", ["9" * 5000, "-1", "one", "99999"])
def test_a_wave_that_is_none_is_refused_in_words(house: House, wave: str) -> None:
    house.move("sense-making")
    lead = house.browser("lead")
    answer = lead.send(f"{PAGE}/releases", {"to": "shared", "wave": wave}, page=PAGE)
    assert answer.status_code in (409, 422)
