"""Plays the demo's field work: plans, stages, keys, visits, photos, releases, each on its day in the past.

Told again it changes nothing, and goes on where it was stopped: what is there already is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.intake.demo.script import Script, Step, scripts
from services.intake.domain.exercise import STAGES, Release, State
from services.intake.forms.visit import read_visit
from services.intake.store import exercises as exercise_store
from services.intake.use_cases.exercises import give_key, move_exercise
from services.intake.use_cases.photos import receive_photo
from services.intake.use_cases.plan import import_plan
from services.intake.use_cases.visits import send_visit
from shared.access import directory
from shared.contracts.demo_ids import demo_id
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service

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


def _send(service: Service, script: Script, word: str, day: int) -> None:
    visit = script.visit(word, day)
    send_visit(service, visit.volunteer, visit.id, read_visit(visit.body, service.settings))
    for photo in visit.photos:
        receive_photo(service, visit.volunteer, visit.id, photo.id, photo.body)


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
