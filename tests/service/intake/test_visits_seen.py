"""What the host charity sees of visits: everything that was said and may be used, nobody's name, no day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.domain.exercise import Release
from services.intake.store import rested, words
from services.intake.store.exercises import reads
from services.intake.use_cases import answers_out, exercises, visits_seen
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.visiting import (
    Browser,
    Intake,
    a_pin,
    a_shop,
    a_visit,
    new_id,
    the_plan,
    to_second_round,
    voice_listing,
)
from tests.unit.intake.sounds import WEBM

LIST = f"/exercises/{EXERCISE}/visits"


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize("who", ["lead", "data-keeper"])
def test_the_host_reads_what_was_said_without_the_name_or_the_day(intake: Intake, who: str) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    host = Browser(intake, who)
    assert visit_id in host.open(LIST)
    page = host.open(f"{LIST}/{visit_id}")
    assert "People sat behind me." in page
    assert "Hard chairs in one row." in page
    for secret in ("The volunteer-1", an_id("volunteer-1"), "2026-10-10", "10 October"):
        assert secret not in page
    with intake.service.database.reading() as tx:
        reads = tx.exec_driver_sql("select what from embargoed_reads where person_id = ?", (an_id(who),)).scalars()
        assert f"the visit {visit_id}" in list(reads)


def test_words_without_leave_to_use_them_are_not_shown(intake: Intake) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit(consents={}))
    page = Browser(intake, "lead").open(f"{LIST}/{visit_id}")
    assert "People sat behind me." not in page
    assert "Hard chairs" not in page
    assert "I felt unsafe" in page


def test_what_may_not_be_used_is_not_there(intake: Intake) -> None:
    me, gone, stopped = intake.as_("volunteer-1"), new_id(), new_id()
    me.put(gone, a_visit())
    me.withdraw(gone)
    me.put(stopped, a_shop(stopped_early=True))
    host = Browser(intake, "lead")
    assert "No visits yet" in host.open(LIST)
    for visit_id in (gone, stopped, new_id()):
        assert host.client.get(f"{LIST}/{visit_id}").status_code == 404


@pytest.mark.parametrize("who", ["volunteer-1", "buddy", "sponsor", "manager", "working-group", "staff"])
def test_nobody_else_reads_them(intake: Intake, who: str) -> None:
    visit_id = new_id()
    intake.as_("volunteer-2").put(visit_id, a_visit())
    other = Browser(intake, who)
    assert other.client.get(LIST).status_code == 404
    assert other.client.get(f"{LIST}/{visit_id}").status_code == 404


def the_table(host: Browser) -> list[dict[str, str]]:
    answer = host.client.get(f"{LIST}/answers.csv")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_all_answers_come_as_a_table_with_only_the_words_that_were_let_through(intake: Intake) -> None:
    visit_id, gone = new_id(), new_id()
    asked = {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 3, "words": "=HYPERLINK(1) Mr Brown saw me."}
    fine = {"item": "P-WA-03", "zone": "WA", "answer": "fine", "words": "Quiet."}
    intake.as_("volunteer-1").put(visit_id, a_visit(answers=[asked, fine], consents={"quote": True}))
    intake.as_("volunteer-2").put(gone, a_visit())
    intake.as_("volunteer-2").withdraw(gone)
    host = Browser(intake, "lead")
    before = the_table(host)
    assert {row["released_words"] for row in before} == {""}
    with intake.service.database.transaction() as tx:
        waiting = {one.text: one for one in words.words_of(tx, visit_id)}
        words.decide(tx, waiting[asked["words"]].words_id, "released", "=HYPERLINK(1) Somebody saw me.", None)
        words.decide(tx, waiting["Hard chairs in one row."].words_id, "released", "Hard chairs.", None)
    rows = the_table(host)
    assert {row["visit"] for row in rows} == {visit_id}
    told = {row["item"]: row for row in rows}
    assert told["P-WA-02"]["got_to_me"] == "3"
    assert told["P-WA-02"]["part"] == "WA"
    assert told["P-WA-02"]["released_words"] == "'=HYPERLINK(1) Somebody saw me."
    assert told["P-WA-03"]["released_words"] == ""
    assert told[""]["released_words"] == "Hard chairs."
    assert (told[""]["part"], told[""]["answer"]) == ("WA", "")
    everything = str(rows)
    for secret in ("Mr Brown", "2026-10-10", an_id("volunteer-1"), "Quiet."):
        assert secret not in everything


def test_words_of_pins_and_voice_notes_stand_in_the_table_once_when_they_were_let_through(tmp_path: Path) -> None:
    sketched = the_plan()
    sketched["sites"][0]["photos_allowed"] = False
    house = Intake(tmp_path, plan_file=sketched)
    me, visit_id = house.as_("volunteer-1"), new_id()
    pins = [a_pin(words="It is dark here."), a_pin(item="P-WA-09", words="A wobbly rail."), a_pin(words="Mr Brown.")]
    voices = [voice_listing(WEBM, item="P-WA-02"), voice_listing(WEBM, zone="EN"), voice_listing(WEBM, zone="RE")]
    me.put(visit_id, a_visit(first_impressions={}, pins=pins, voice_notes=voices, consents={"quote": True}))
    for listed in voices:
        assert me.put_voice(visit_id, listed["voice_id"], WEBM).status_code == 201
    with house.service.database.transaction() as tx:
        written = {one.text: one.words_id for one in words.words_of(tx, visit_id)}
        for text in ("People sat behind me.", "It is dark here.", "A wobbly rail."):
            words.decide(tx, written[text], "released", text, None)
    keeper = Browser(house, "data-keeper")
    said = [
        ("share", "The door slams."),
        ("share", "You have to shout."),
        ("write-down", "It was the one by the door."),
    ]
    to_say = {listed["voice_id"]: done for listed, done in zip(voices, said, strict=True)}
    while to_say:
        waiting = re.search(
            rf"/words-and-photos/recordings/{visit_id}/([0-9a-f-]+)", keeper.open("/words-and-photos?show=voice")
        )
        assert waiting
        act, text = to_say.pop(waiting[1])
        keeper.send(waiting[0], act=act, text=text)
    rows = the_table(Browser(house, "lead"))
    told = {(row["part"], row["item"]): row["released_words"] for row in rows if row["released_words"]}
    assert told == {
        ("WA", "P-WA-02"): "It is dark here. / People sat behind me. / The door slams.",
        ("WA", "P-WA-09"): "A wobbly rail.",
        ("EN", ""): "You have to shout.",
    }
    everything = str(rows)
    for text in ("It is dark here.", "A wobbly rail.", "The door slams.", "You have to shout."):
        assert everything.count(text) == 1
    for text in ("Mr Brown", "It was the one by the door."):
        assert text not in everything
    house.close()


def test_many_visits_come_a_page_at_a_time_and_none_is_lost(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits_seen, "PAGE", 3)
    monkeypatch.setattr(answers_out, "AT_ONCE", 3)
    sent = [new_id() for _ in range(7)]
    for number, visit_id in enumerate(sent):
        intake.as_(f"volunteer-{number % 2 + 1}").put(visit_id, a_visit())
    host, seen, where = Browser(intake, "lead"), [], LIST
    while where:
        page = host.open(where)
        seen += re.findall(rf"{LIST}/([0-9a-f-]{{36}})", page)
        more = re.search(rf'href="({LIST}\?after=[^"]+)"', page)
        where = more[1] if more else ""
    assert sorted(seen) == sorted(sent)
    assert {row["visit"] for row in the_table(host)} == set(sent)
    assert host.client.get(f"{LIST}?after=nonsense").status_code == 422


def test_the_table_is_closed_to_everybody_else_and_with_the_exercise(intake: Intake) -> None:
    for who in ("volunteer-1", "buddy", "sponsor", "manager", "working-group", "staff"):
        assert Browser(intake, who).client.get(f"{LIST}/answers.csv").status_code == 404
    assert Browser(intake, "lead").client.get(f"{LIST}/answers.csv").text.startswith("\ufeffsite,round,visit")


def test_visits_of_an_earlier_version_of_the_program_are_counted_too(intake: Intake) -> None:
    intake.as_("volunteer-1").put(new_id(), a_visit())
    intake.as_("volunteer-2").put(new_id(), a_visit(part_of_day="afternoon"))
    stopped = a_visit(stopped_early=True, keep_answers=False)
    intake.as_("volunteer-2").put(new_id(), stopped)

    def counted() -> list[tuple[str, int, str, str, int]]:
        with intake.service.database.reading() as tx:
            return sorted(rested.counted_visits(tx, EXERCISE))

    now = counted()
    assert [one[3:] for one in now] in ([("morning", 1), ("afternoon", 1)], [("afternoon", 1), ("morning", 1)])
    with intake.service.database.transaction() as tx:
        tx.exec_driver_sql("update visits set used = null")
    assert counted() == now


def test_reading_visits_of_a_later_round_is_written_down_until_it_is_released_too(intake: Intake) -> None:
    first, later = new_id(), new_id()
    intake.as_("volunteer-1").put(first, a_visit())
    to_second_round(intake)
    lead = Browser(intake, "lead")

    def audited() -> list[str]:
        with intake.service.database.reading() as tx:
            return [one.did.removeprefix("read ") for one in reads(tx, EXERCISE, 0, 1000)]

    def read(visit_id: str) -> None:
        for path in (LIST, f"{LIST}/answers.csv", f"{LIST}/{visit_id}"):
            assert lead.client.get(path).status_code == 200

    read(first)
    assert audited() == []
    sent = intake.as_("volunteer-2").put(later, a_visit(wave=2, visited_on="2027-01-15"))
    assert sent.status_code == 201, sent.get_json()
    read(later)
    everything = ["the list of visits", "all answers as a table", f"the visit {later}"]
    assert audited() == everything
    lead.open(f"{LIST}/{first}")
    assert audited() == everything
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", 2))
    read(later)
    assert audited() == everything
