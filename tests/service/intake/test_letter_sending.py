"""How letters leave: tried again, given up, sent again after a crash, and forgotten with the address they went to."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.servers.waiting import until
from services.intake.domain.exercise import Release
from services.intake.domain.letters import TRIES
from services.intake.letter_jobs import LetterPost
from services.intake.use_cases import exercises, people, plan
from shared.messaging.relay import Relay
from shared.messaging.running import run_all
from shared.post.folder import FolderOfLetters
from shared.post.port import LetterRefused, PostAway, TryAgain
from tests.service.intake.letter_house import DAYS, MINUTES, House, give_address, links, release
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care import inside, plan_with_buddies
from tests.service.intake.visiting import Browser


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_a_server_that_is_away_is_asked_seldom_and_then_given_up(intake: House) -> None:
    give_address(intake, "manager", "news")
    give_address(intake, "sponsor", "news")
    intake.post.fault, intake.post.tried = PostAway("The mail server could not be reached."), 0
    release(intake)
    intake.work("letters")
    assert intake.post.tried == 1
    job = next(job for job in intake.jobs if isinstance(job, LetterPost))
    assert (job.pending(), job.counts()["waiting"], job.counts()["failed"]) == (0, 2, 0)
    for wait in TRIES:
        intake.clock.move(wait)
        intake.work("letters")
    assert (job.pending(), job.counts()["waiting"], job.counts()["failed"]) == (0, 0, 2)
    lead = Browser(intake, "lead")
    assert "A letter could not be sent" in lead.open("/")
    page = lead.open("/letters")
    assert "A letter to The manager" in page
    assert "The mail server could not be reached." in page
    assert "home.example" not in page
    intake.post.fault = None
    lead.send("/letters")
    assert "Every letter found its way" in lead.open("/letters")
    assert len(intake.letters()) == 2


def test_one_address_that_is_put_off_holds_up_nobody_else(intake: House) -> None:
    give_address(intake, "manager", "news")
    give_address(intake, "sponsor", "news")
    release(intake)
    faults = iter([TryAgain("Not now (451)."), None, None])
    send = FolderOfLetters.send
    intake.post.send = lambda letter: _raise(fault) if (fault := next(faults)) else send(intake.post, letter)  # type: ignore[method-assign]
    assert len(intake.letters()) == 1
    intake.clock.move(MINUTES)
    assert len(intake.letters()) == 2


def test_a_server_that_says_nothing_holds_up_no_event(intake: House) -> None:
    give_address(intake, "manager", "news")
    asked, let_go, stop = threading.Event(), threading.Event(), threading.Event()
    intake.post.send = lambda letter: (asked.set(), let_go.wait(60))[0]  # type: ignore[method-assign]
    release(intake)
    relay = next(job for job in intake.jobs if isinstance(job, Relay))
    worker = threading.Thread(target=run_all, args=(intake.jobs, stop))
    worker.start()
    try:
        assert asked.wait(20)
        people.invite(intake.service, an_id("sponsor"))
        assert people.revoke_all(intake.service, an_id("sponsor"))
        until(lambda: relay.pending() == 0, 20, "what was revoked")
    finally:
        stop.set()
        let_go.set()
        worker.join(20)


class Lost:
    """A turn that a database server gives to another after the first letter."""

    def __init__(self) -> None:
        self.left = 2

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        return None

    def take(self) -> bool:
        self.left -= 1
        return self.left > 0


def test_who_loses_the_turn_sends_no_more(intake: House) -> None:
    give_address(intake, "manager", "news")
    give_address(intake, "sponsor", "news")
    release(intake)
    job = next(job for job in intake.jobs if isinstance(job, LetterPost))
    job._turn, mine = Lost(), job._turn  # type: ignore[assignment]
    before = intake.post.tried
    job.run_once()
    assert (intake.post.tried - before, job.pending()) == (1, 1)
    job._turn = mine
    assert len(intake.letters()) == 2


def test_a_letter_that_is_tried_again_just_now_is_not_forgotten(intake: House) -> None:
    give_address(intake, "manager", "news")
    intake.post.fault = LetterRefused("The mail server did not take the address (550).")
    release(intake)
    intake.work("letters")
    intake.clock.move(30 * DAYS)
    lead = Browser(intake, "lead")
    lead.open("/letters")
    forget = intake.post.forget

    def forget_while_the_lead_tries_again(letter_id: str) -> None:
        lead.send("/letters")
        forget(letter_id)

    intake.post.forget = forget_while_the_lead_tries_again  # type: ignore[method-assign]
    intake.work("letter-eraser")
    assert intake.count(where="state = 'waiting'") == 1


def _raise(fault: Exception) -> None:
    raise fault


def test_an_address_that_does_not_exist_is_given_up_at_once_and_urgent_news_is_not_kept_for_days(intake: House) -> None:
    give_address(intake, "buddy", "care")
    intake.post.fault = LetterRefused("The mail server did not take the address (550).")
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    me.open(trip)
    me.send(f"{trip}/stop")
    intake.work("letters")
    page = Browser(intake, "lead").open("/letters")
    assert "An urgent letter to The buddy" in page
    assert "stopped" not in page
    intake.post.fault = PostAway("The mail server could not be reached.")
    Browser(intake, "lead").open("/letters")
    me.open("/")
    me.send(f"{trip}/go-on")
    intake.clock.move(MINUTES)
    me.open("/")
    me.send(f"{trip}/stop")
    for _ in range(12):
        intake.work("letters")
        intake.clock.move(20 * MINUTES)
    assert intake.count(where="kind = 'stopped' AND state = 'failed'") == 2


def test_killed_between_sending_and_knowing_it_the_same_letter_goes_again(
    intake: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_address(intake, "manager", "news")
    release(intake)
    with monkeypatch.context() as dying:
        dying.setattr("services.intake.use_cases.letter_post.store.over", lambda *_: _raise(SystemExit()))
        with pytest.raises(SystemExit):
            intake.work("letters")
    (first,) = intake.post.lying(10)
    (again,) = intake.letters()
    assert (first.id, intake.post.tried) == (again.id, intake.post.tried)
    assert intake.count(where="state = 'sent' AND kind = 'to-read'") == 1


def test_a_letter_is_a_row_of_the_transaction_of_its_fact(intake: House, monkeypatch: pytest.MonkeyPatch) -> None:
    give_address(intake, "manager", "news")
    intake.move("sense-making")
    exercises.give_key(intake.service, EXERCISE, an_id("lead"), Release("manager-review", None))
    with monkeypatch.context() as failing:
        failing.setattr("services.intake.use_cases.exercises.letters.tell_of_stage", lambda *_: _raise(OSError("full")))
        with pytest.raises(OSError, match="full"):
            exercises.give_key(intake.service, EXERCISE, an_id("volunteer-1"), Release("manager-review", None))
    with intake.service.database.reading() as tx:
        assert exercises.state_of(tx, EXERCISE).stage == "sense-making"
    assert intake.letters() == []


def test_taken_back_nothing_of_an_address_is_left(intake: House, tmp_path: Path) -> None:
    me = give_address(intake, "manager", "news")
    release(intake)
    assert len(intake.letters()) == 1
    me.open("/reach-me")
    me.send("/reach-me/take-back")
    intake.work("letter-eraser")
    assert intake.count("mail_addresses") == 0
    assert intake.count(where="kind <> 'confirm'") == 0
    assert "manager@" not in "".join(path.read_text() for path in (tmp_path / "letters").glob("*.eml"))
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", None))
    assert intake.letters() == []


def test_whoever_gets_a_letter_can_stop_them_without_coming_in(intake: House) -> None:
    give_address(intake, "manager", "news")
    release(intake)
    stop = links(intake.letters()[0])[1]
    stranger = intake.app.test_client()
    page = stranger.get(stop).text
    assert intake.count("mail_addresses") == 1
    field = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert field
    assert stranger.post(stop, data={}).status_code == 403
    assert stranger.post(stop, data={"csrf_token": field[1]}).status_code == 303
    assert intake.count("mail_addresses") == 0
    assert "Nothing is sent to this address" in stranger.get(stop).text
    assert "Nothing is sent to this address" in stranger.get("/reach-me/stop/nonsense").text


def test_letters_are_forgotten_after_a_month_and_addresses_with_the_identity(intake: House) -> None:
    give_address(intake, "manager", "news")
    release(intake)
    assert len(intake.letters()) == 1
    intake.clock.move(29 * DAYS)
    assert (intake.work("letter-eraser"), intake.count(where="kind = 'to-read'")) == (1, 1)
    intake.clock.move(2 * DAYS)
    intake.work("letter-eraser")
    assert (intake.count(), intake.post.lying(10), intake.count("mail_addresses")) == (0, [], 1)
    with intake.service.database.transaction() as tx:
        tx.execute(text("UPDATE exercises SET stage = 'closed'"))
        closed = "INSERT INTO stage_moves (exercise_id, from_stage, to_stage, at) VALUES (:e, 'action', 'closed', :at)"
        tx.execute(text(closed), {"e": EXERCISE, "at": intake.clock.now().isoformat(timespec="microseconds")})
    intake.clock.move(180 * DAYS)
    intake.work("letter-eraser")
    assert intake.count("mail_addresses") == 1
    intake.clock.move(2 * DAYS)
    intake.work("letter-eraser")
    assert intake.count("mail_addresses") == 0


def test_an_address_goes_when_its_person_leaves_the_plan(intake: House) -> None:
    give_address(intake, "other-buddy", "care")
    file = plan_with_buddies()
    file["people"] = [one for one in file["people"] if one["id"] != an_id("other-buddy")]  # type: ignore[attr-defined]
    plan.import_plan(intake.service, file)
    intake.work("letter-eraser")
    assert intake.count("mail_addresses") == 0


def test_a_letter_speaks_the_language_in_which_its_address_was_given(intake: House) -> None:
    me = Browser(intake, "buddy")
    me.client.get("/language/cy")
    me.open("/reach-me")
    me.send("/reach-me", address="buddy@home.example", topics=["care"])
    (letter,) = intake.letters()
    assert letter.language == "cy"
    assert "Somebody gave" not in letter.text


def test_no_address_stands_anywhere_but_in_its_own_table(intake: House, tmp_path: Path) -> None:
    give_address(intake, "buddy", "care")
    with intake.service.database.reading() as tx:
        tables = tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        found = [
            name
            for name in tables
            for row in tx.execute(text(f'SELECT * FROM "{name}"'))
            if "home.example" in str(tuple(row))
        ]
    assert found == ["mail_addresses"]


def test_the_letters_of_the_demo_are_shown_to_nobody_else(intake: House) -> None:
    give_address(intake, "buddy", "care")
    volunteer = Browser(intake, "volunteer-1")
    trip = inside(volunteer)
    volunteer.open(trip)
    volunteer.send(f"{trip}/stop")
    assert len(intake.letters()) == 1
    lead = Browser(intake, "lead")
    assert "has stopped" not in lead.open("/letters")
    for who in ("buddy", "volunteer-1", "data-keeper", "manager"):
        assert Browser(intake, who).client.get("/letters").status_code == 404
