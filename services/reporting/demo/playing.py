"""Plays the demo's recommendations: written, agreed, answered, done, checked, each on its day in the past.

Told again it goes on where it stopped: every step of the script leaves one line in a history, so the number of
lines says how far it came.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.reporting.demo.script import Script, Story
from services.reporting.domain.recommendation import Recommendation
from services.reporting.store import findings, recommendations, reflections
from services.reporting.use_cases import reflections as reflecting
from services.reporting.use_cases.documents import ask_for_documents, documents_of
from services.reporting.use_cases.moving import move_recommendation
from services.reporting.use_cases.writing import write_recommendation
from shared.access import directory
from shared.contracts.demo_ids import demo_id
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service

_REFLECTION_STATES = ("waiting", "shown", "held-back")


def load(service: Service) -> None:
    """Load reporting's part of the demo; nothing where the directory has not heard of its exercise.

    Needs the findings: drain everything first. Does as little as is missing.
    """
    script = Script(service.clock.now().date())
    with service.database.reading() as tx:
        if directory.exercise(tx, script.exercise_id) is None:
            return
    for story in script.stories():
        _tell(service, script, story)
    _reflect(service, script)
    lead = demo_id("lead")
    if not documents_of(service, lead, script.exercise_id)[0]:
        ask_for_documents(service, lead, script.exercise_id)


def _tell(service: Service, script: Script, story: Story) -> None:
    with service.database.reading() as tx:
        written = recommendations.of_exercise(tx, script.exercise_id, script.site_id)
        held = next((one for one in written if one.title == story.fields["title"]), None)
        come = len(recommendations.history_of(tx, held.id)) - 1 if held else 0
        drawn = findings.of_exercise(tx, script.exercise_id, whole=findings.EVERYWHERE)
    recommendation: Recommendation
    if held is None:
        wanted = set(story.about)
        about = tuple(one["id"] for one in drawn if (one["item"], one["zone"]) in wanted and one["kind"] != "strength")
        fields = {**story.fields, "findings": about}
        recommendation = write_recommendation(_on(service, story.at), story.by, fields)
    else:
        recommendation = held
    for move in story.moves[come:]:
        move_recommendation(_on(service, move.at), move.by, recommendation.id, move.wish)


def _reflect(service: Service, script: Script) -> None:
    with service.database.reading() as tx:
        if any(reflections.of_exercise(tx, script.exercise_id, state) for state in _REFLECTION_STATES):
            return
    for kind, words in script.reflections():
        reflecting.say(service, demo_id("jobcentre-staff"), script.exercise_id, kind, words)
    with service.database.reading() as tx:
        waiting = reflections.of_exercise(tx, script.exercise_id, "waiting")
    for one in waiting[:1]:
        reflecting.let_through(service, demo_id("lead"), script.exercise_id, one.id, show=True)


def _on(service: Service, at: datetime) -> Service:
    """The same service on another day."""
    return replace(service, clock=MovableClock(at))
