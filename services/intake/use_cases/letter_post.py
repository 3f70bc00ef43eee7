"""Sends the letters that wait: what each says is made now, and what is not true any more is not sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.intake.domain.letters import (
    KEPT,
    NOT_MINE_WORDS,
    STOP_WORDS,
    SUBJECTS,
    URGENT,
    WORDS,
    Kind,
    next_try,
)
from services.intake.domain.retention import links_gone_before
from services.intake.domain.wellbeing import Step, late_steps_taken
from services.intake.store import addresses
from services.intake.store import letters as store
from services.intake.store import wellbeing as trips
from services.intake.store.addresses import Reach
from services.intake.store.letters import DROPPED, FAILED, SENT, Waiting
from services.intake.store.visits import let_us_tell
from services.intake.use_cases import people
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.letters import may_read, wanted
from services.intake.use_cases.people import LINK_DAYS
from services.intake.use_cases.reaching import A_DAY, erase_address
from shared.access import credentials, directory
from shared.access.credentials import Credential, Purpose
from shared.access.volunteer_key import volunteer_key
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import Sentence
from shared.messaging.turn import DatabaseTurn, Turn
from shared.post.port import Letter, LetterRefused, NotSent, Post, PostAway
from shared.runtime.service import Service

Say = Callable[[str, Sentence], str]
"""(code of a language, what to say) -> the same in that language."""
MOST_LOOKED_AT = 5000
LINK_LASTS = timedelta(days=365)
"""How long the link in a letter that stops all letters works."""
_LATE_STEPS = frozenset({Step.BUDDY_CALLS, Step.LEAD, Step.EMERGENCY})


def send_next(service: Service, post: Post, turn: Turn | DatabaseTurn, say: Say, most: int) -> int:
    """Send a few letters that are due, the urgent ones first; how many were looked at. 0 while another has the turn.

    A letter that was handed over and not written down as sent, because the program died between the two, is sent
    again with the same Message-ID. So is one whose server took so long over it that a database server gave the turn to
    another worker.
    """
    with turn as mine:
        if not mine:
            return 0
        with service.database.reading() as tx:
            due = store.due(tx, timestamp(service.clock.now()), most)
        for waiting in due:
            if not turn.take():  # raises when a database server forgot us while the last letter went
                break
            letter = _made(service, waiting, say)
            if letter is None:
                _over(service, waiting, DROPPED)
                continue
            try:
                post.send(letter)
            except PostAway as fault:
                _all_later(service, fault)
                break
            except NotSent as fault:
                _later_or_failed(service, [waiting], fault)
            else:
                if not _over(service, waiting, SENT):
                    post.forget(waiting.id)  # taken back meanwhile
    return len(due)


def _made(service: Service, waiting: Waiting, say: Say) -> Letter | None:
    """The letter as it is to go now; None when it is to go no more."""
    now = service.clock.now()
    try:
        with service.database.transaction(waiting.person_id) as tx:
            reach = addresses.reach_of(tx, waiting.person_id)
            if reach is None or not _still_to_go(service, tx, waiting, reach):
                return None
            link = _link(service, tx, waiting, reach)
    except Refusal:  # nobody we know any more
        return None
    stop = f"{_origin(service)}/reach-me/stop/{_of_address(service, reach, now)}"
    below = NOT_MINE_WORDS if waiting.kind == Kind.CONFIRM else STOP_WORDS
    said = [say(reach.language, WORDS[waiting.kind]), link, say(reach.language, below), stop]
    subject = say(reach.language, SUBJECTS[waiting.kind])
    text = "{}\n{}\n\n{}\n{}\n".format(*said)
    return Letter(waiting.id, reach.address, subject, text, reach.language.replace("_", "-"), waiting.made)


def _still_to_go(service: Service, tx: Connection, waiting: Waiting, reach: Reach) -> bool:
    if waiting.kind == Kind.CONFIRM:
        return waiting.about == reach.id and reach.confirmed_at is None
    if not wanted(tx, waiting.person_id, waiting.kind):
        return False
    if waiting.kind in (Kind.NEWS, Kind.TO_READ):
        return _still_to_read(service, tx, waiting)
    if waiting.kind in URGENT:
        return _still_so(tx, waiting)
    return True


def _still_to_read(service: Service, tx: Connection, waiting: Waiting) -> bool:
    """A stage may have gone back; and who took back "tell me what changed" from every visit is told by no letter."""
    exercise_id = waiting.about.partition(" ")[0]
    exercise = directory.exercise(tx, exercise_id)
    member = directory.membership(tx, waiting.person_id, exercise_id)
    if exercise is None or member is None or not may_read(member.roles, exercise.stage):
        return False
    if waiting.kind == Kind.TO_READ:
        return True
    key = volunteer_key(service.settings.identity_key, exercise_id, waiting.person_id)
    ever, now = let_us_tell(tx, exercise_id, key)
    return now or not ever


def _still_so(tx: Connection, waiting: Waiting) -> bool:
    """A stop or a wish for a call stays one; whoever came out or stays longer is late no more."""
    kept = trips.trip(tx, waiting.about)
    if kept is None:
        return False
    late = frozenset(late_steps_taken(kept.trip))
    if waiting.kind == Kind.REMINDER:
        return bool(late)
    return waiting.kind not in (Kind.LATE, Kind.VERY_LATE) or bool(late & _LATE_STEPS)


def _link(service: Service, tx: Connection, waiting: Waiting, reach: Reach) -> str:
    if waiting.kind == Kind.CONFIRM:
        return f"{_origin(service)}/reach-me/confirm/{_of_address(service, reach, service.clock.now())}"
    if waiting.kind == Kind.INVITATION or reach.way_in:
        return people.link(service, tx, waiting.person_id, 1 if waiting.kind in URGENT else LINK_DAYS)
    care = waiting.kind in URGENT and waiting.kind != Kind.REMINDER
    return f"{_origin(service)}/out-now" if care else f"{_origin(service)}/"


def _of_address(service: Service, reach: Reach, now: datetime) -> str:
    named = Credential(reach.person_id, reach.id, now + LINK_LASTS)
    return credentials.issue(service.settings.signing_key, Purpose.ADDRESS, named)


def _origin(service: Service) -> str:
    return service.settings.public_url.rstrip("/")


def _over(service: Service, waiting: Waiting, state: str, why: str | None = None) -> bool:
    now = service.clock.now()
    kept = A_DAY if waiting.kind == Kind.CONFIRM else KEPT
    with service.database.transaction(waiting.person_id) as tx:
        return store.over(tx, waiting.id, state, why, timestamp(now + kept))


def _all_later(service: Service, fault: PostAway) -> None:
    """Nothing can go now, so nothing else is tried in vain: one server that says nothing costs one time-out."""
    with service.database.reading() as tx:
        due = store.due(tx, timestamp(service.clock.now()), MOST_LOOKED_AT)
    _later_or_failed(service, due, fault)


def _later_or_failed(service: Service, letters: Sequence[Waiting], fault: NotSent) -> None:
    now = service.clock.now()
    counted = [replace(one, failures=one.failures + 1) for one in letters]
    tries = {
        one.id: None if isinstance(fault, LetterRefused) else next_try(one.kind, one.failures, one.made, now)
        for one in counted
    }
    for one in counted:
        if tries[one.id] is None:
            _over(service, one, FAILED, fault.why)
    later = [(one, then) for one in counted if (then := tries[one.id]) is not None]
    with service.database.transaction({one.person_id for one in letters}) as tx:
        store.try_later(tx, [(one.id, one.failures, timestamp(then), fault.why) for one, then in later])


def due_now(service: Service) -> int:
    """How many letters are to be tried now."""
    with service.database.reading() as tx:
        return store.due_count(tx, timestamp(service.clock.now()))


def erase_due(service: Service, post: Post, most: int) -> int:
    """Forget letters that are known long enough, and addresses that nobody needs any more; how many went."""
    now = service.clock.now()
    with service.database.reading() as tx:
        known = store.to_erase(tx, timestamp(now), most)
        gone = addresses.no_longer_needed(tx, timestamp(links_gone_before(now)), most)
    for letter_id in known:
        try:
            post.forget(letter_id)
        except PostAway:
            return 0
    with service.database.transaction() as tx:
        # Asked again inside: somebody may have had a letter tried again, or an exercise planned, in between.
        known = sorted(set(known) & set(store.to_erase(tx, timestamp(now), most)))
        gone = sorted(set(gone) & set(addresses.no_longer_needed(tx, timestamp(links_gone_before(now)), most)))
        store.erase(tx, known)
        for person_id in gone:
            erase_address(tx, person_id, now)
    return len(known) + len(gone)


def erasures_waiting(service: Service) -> int:
    """How many letters and addresses are to be forgotten now."""
    now = service.clock.now()
    with service.database.reading() as tx:
        gone = addresses.no_longer_needed(tx, timestamp(links_gone_before(now)), MOST_LOOKED_AT)
        return store.to_erase_count(tx, timestamp(now)) + len(gone)
