"""Plays the demo's field work: plans, stages, keys, visits, photos, releases, each on its day in the past.

Told again it changes nothing, and goes on where it was stopped: what is there already is passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.intake.demo.script import Script, Step, scripts
from services.intake.domain.exercise import STAGES, Release, State
from services.intake.domain.photo import PhotoState
from services.intake.forms.visit import read_visit
from services.intake.store import exercises as exercise_store
from services.intake.store import words as queue
from services.intake.store.photos import photos_of
from services.intake.use_cases.exercises import give_key, move_exercise
from services.intake.use_cases.photos import clean_next, listed_photo, receive_photo
from services.intake.use_cases.plan import import_plan
from services.intake.use_cases.visits import key_of, send_visit
from services.intake.use_cases.words import MOST, hold_words_back, share_photo, share_words
from shared.access import directory
from shared.contracts.demo_ids import demo_id
from shared.messaging.trouble import passes
from shared.messaging.turn import Claims
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service
from shared.runtime.stubborn import Stubborn

_LEAD, _REPRESENTATIVE = "lead", "volunteer-one"
_SIGN_IN: Mapping[str, str] = {
    "volunteer": "volunteer-one",
    "buddy": "buddy",
    "lead": "lead",
    "data-keeper": "data-keeper",
    "sponsor": "jobcentre-sponsor",
    "manager": "jobcentre-manager",
    "working-group": "working-group",
    "staff": "jobcentre-staff",
}


def load(service: Service) -> None:
    """Load intake's part of the demo, or what is missing of it."""
    for script in scripts(_today(service)):
        for step in script.steps():
            _play(service, script, step)


def people(service: Service) -> dict[str, str]:
    """Somebody of the demo for each role: role -> person id. Empty when the demo was never loaded."""
    script = scripts(_today(service))[0]
    if _state(service, script.exercise_id) is None:
        return {}
    return {role: demo_id(word) for role, word in _SIGN_IN.items()}


def _today(service: Service) -> date:
    """The day that the demo counts from: today, or the day of the first loading."""
    now = service.clock.now().date()
    first = scripts(now)[0]
    with service.database.reading() as tx:
        known = directory.exercise(tx, first.exercise_id)
    if known is None:
        return now
    return known.waves[0].opens - timedelta(days=first.first_day)


def _play(service: Service, script: Script, step: Step) -> None:
    then = _on(service, step.at)
    what = step.what
    state = _state(service, script.exercise_id)
    if "planned" in what:
        if state is None:
            import_plan(then, script.plan)
    elif state is None:
        raise LookupError("the script of the demo must begin with its plan")
    elif "move" in what:
        if not _reached(state, what["move"]):
            move_exercise(then, state.id, demo_id(_LEAD), what["move"], None)
    elif "keys" in what:
        release = Release(what["keys"], what.get("wave"))
        if not _released(state, release):
            for key in (_REPRESENTATIVE, _LEAD):
                give_key(then, state.id, demo_id(key), release)
    elif "visit" in what:
        _send(then, script, what["visit"], what["day"])
    elif "release_words_and_photos" in what:
        _work_the_queue(then, script, script.visits_before(what["day"]))


def _send(service: Service, script: Script, word: str, day: int) -> None:
    visit = script.visit(word, day)
    send_visit(service, visit.volunteer, visit.id, read_visit(visit.body, service.settings))
    for photo in visit.photos:
        receive_photo(service, listed_photo(service, visit.volunteer, visit.id, photo.id), photo.body)


def _work_the_queue(service: Service, script: Script, visits: Collection[str]) -> None:
    """What the data keeper does with these visits; whatever somebody has decided about already stays so."""
    keeper = demo_id("data-keeper")
    own = key_of(service, script.exercise_id, keeper)
    with service.database.reading() as tx:
        decided = {act.thing_id for act in queue.last_acts(tx, script.exercise_id, MOST)} | script.left_waiting
        said = queue.waiting_words(tx, script.exercise_id, own, MOST)
    for words in said:
        if words.visit_id in visits and words.words_id not in decided:
            shared = script.shared_copy(words.text)
            if shared is None:
                hold_words_back(service, keeper, words.words_id)
            else:
                share_words(service, keeper, words.words_id, shared)
    for visit_id in visits:
        _share_photos(service, keeper, visit_id, decided)


def _share_photos(service: Service, keeper: str, visit_id: str, decided: Collection[str]) -> None:
    with service.database.reading() as tx:
        taken = photos_of(tx, visit_id)
    if any(one.state == PhotoState.SAFE for one in taken):
        clean_next(service, Claims(service.database, "photo-cleaner"), Stubborn("photo-cleaner", passes), MOST)
    for one in taken:
        if one.photo_id not in decided:
            share_photo(service, keeper, visit_id, one.photo_id, with_words=True)


def _state(service: Service, exercise_id: str) -> State | None:
    with service.database.reading() as tx:
        return exercise_store.state(tx, exercise_id)


def _reached(state: State, stage: str) -> bool:
    return STAGES.index(state.stage) >= STAGES.index(stage)


def _released(state: State, release: Release) -> bool:
    if release.wave is not None:
        return release.wave in state.wave_releases
    return _reached(state, release.to)


def _on(service: Service, at: datetime) -> Service:
    """The same service on another day."""
    return replace(service, clock=MovableClock(at))
