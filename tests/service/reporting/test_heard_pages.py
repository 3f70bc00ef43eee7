"""The page "What we heard": what all staff read once it is shared, and a place to say hopes and worries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.reporting.store import reflections
from tests.service.reporting.world import EXERCISE, PEOPLE, World, an_id

HEARD = f"/reports/{EXERCISE}"


@pytest.mark.parametrize("stage", ["manager-review", "shared", "closed"])
def test_what_we_heard_is_for_all_staff_once_shared(world: World, stage: str) -> None:
    world.to_stage(stage)
    everybody = {"volunteer", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff"}
    for role in [name for name in PEOPLE if name in everybody | {"buddy"}]:
        opens = role in everybody if stage != "manager-review" else role in {"lead", "data-keeper"}
        assert world.browser(role).get(HEARD).status_code == (200 if opens else 404), role


def test_what_we_heard_tells_what_was_valued_felt_and_will_be_done(world: World) -> None:
    world.moved("manager", world.shared(), "accepted")
    world.to_stage("shared")
    page = world.browser("staff").get(HEARD).text
    for words in ("The picture calmed me.", "The whole queue turned round.", "Keep a space free", "Front of house"):
        assert words in page
    main = page.split("<main")[1]
    assert "1 thing helped people and should stay. 1 red flag is open." in main, "what is good stands first"
    assert main.index('href="#hopes"') < main.index("What visitors valued</h2>"), (
        "nobody has to scroll to say something"
    )
    world.to_stage("closed")
    page = world.browser("staff").get(HEARD).text
    assert "Prompt of P-RE-03" in page
    for words in ("The picture calmed me.", "The whole queue turned round.", "Keep a space free"):
        assert words not in page


def test_hopes_and_worries_wait_until_somebody_lets_them_through(world: World) -> None:
    world.to_stage("shared")
    staff, lead = world.browser("staff"), world.browser("lead")
    assert world.post(staff, f"{HEARD}/hopes", {"kind": "", "words": ""}).status_code == 422
    said = {"kind": "worry", "words": "Will we get time for this?"}
    look = world.post(staff, f"{HEARD}/hopes", said)
    assert look.status_code == 200
    assert "Nothing is sent yet" in look.text
    assert "First somebody of the charity" in look.text
    assert world.post(lead, f"{HEARD}/hopes", said | {"act": "change"}).text.count(said["words"]) == 1
    assert world.send(staff, f"{HEARD}/hopes", said).status_code == 303
    assert "Will we get time" not in world.browser("staff").get(HEARD).text
    with world.service.database.reading() as tx:
        waiting = reflections.of_exercise(tx, EXERCISE, "waiting")
    one = f"{HEARD}/hopes/{waiting[0].id}"
    assert world.post(staff, one, {"show": "yes"}).status_code == 403
    assert "Let it through" in lead.get(HEARD).text
    assert world.post(lead, one, {"show": "yes"}).status_code == 303
    assert "Will we get time for this?" in world.browser("staff").get(HEARD).text
    assert world.post(lead, one, {"show": "no"}).status_code == 303
    assert "Will we get time for this?" not in staff.get(HEARD).text
    assert "Held back (1)" in lead.get(HEARD).text, "and can be let through again"
    assert world.post(lead, f"{HEARD}/hopes/{an_id('none')}", {"show": "yes"}).status_code == 404
    assert set(reflections.Reflection.__slots__) == {"id", "exercise_id", "kind", "words", "state"}


def test_a_worry_can_be_changed_and_taken_back_by_its_writer_for_an_hour(world: World) -> None:
    world.to_stage("shared")
    writer, colleague = world.browser("staff"), world.browser("staff")
    mine = f"{HEARD}/hopes/mine"

    def kept() -> list[str]:
        with world.service.database.reading() as tx:
            return [one.words for one in reflections.of_exercise(tx, EXERCISE, "waiting")]

    world.send(writer, f"{HEARD}/hopes", {"kind": "worry", "words": "Too little time."})
    with world.service.database.reading() as tx:
        one = {"id": reflections.of_exercise(tx, EXERCISE, "waiting")[0].id}
    assert "What you said a short while ago" in writer.get(HEARD).text
    assert one["id"] not in colleague.get(HEARD).text
    for act in ("take-back", "change"):
        assert "done=too-late" in world.post(colleague, mine, one | {"act": act}).headers["Location"]
    form = world.post(writer, mine, one | {"act": "change"}).text
    assert "Too little time.</textarea>" in form
    assert f'name="instead" value="{one["id"]}"' in form
    other = {"kind": "worry", "words": "Too little time to talk.", "instead": one["id"]}
    assert world.send(colleague, f"{HEARD}/hopes", other).status_code == 409
    assert world.send(writer, f"{HEARD}/hopes", other).status_code == 303
    assert kept() == ["Too little time to talk."]
    world.clock.move(timedelta(minutes=61))
    assert "What you said" not in writer.get(HEARD).text
    assert world.send(writer, f"{HEARD}/hopes", other).status_code == 409
    world.clock.move(timedelta(minutes=-61))
    back = world.post(writer, mine, one | {"act": "take-back"})
    assert "Too little time to talk.</textarea>" in back.text
    assert kept() == []


def test_a_worry_that_was_let_through_stays(world: World) -> None:
    world.to_stage("shared")
    writer = world.browser("staff")
    world.send(writer, f"{HEARD}/hopes", {"kind": "worry", "words": "Too little time."})
    with world.service.database.reading() as tx:
        one = {"id": reflections.of_exercise(tx, EXERCISE, "waiting")[0].id}
    world.post(world.browser("lead"), f"{HEARD}/hopes/{one['id']}", {"show": "yes"})
    assert "What you said" not in writer.get(HEARD).text
    assert "done=too-late" in world.post(writer, f"{HEARD}/hopes/mine", one | {"act": "take-back"}).headers["Location"]
    other = {"kind": "worry", "words": "Other words.", "instead": one["id"]}
    late = world.send(writer, f"{HEARD}/hopes", other)
    assert late.status_code == 409
    assert "Other words.</textarea>" in late.text
    assert 'name="instead"' not in late.text
    assert "Too little time." in writer.get(HEARD).text
