"""Who sees what of a site's results (domain.md §4): the charity all of it, volunteers what is not under embargo,
the partner's people and the working group that by the rule of 3 visits by 2 volunteers."""

from __future__ import annotations

from collections.abc import Collection

from services.assessment.use_cases.showing import Sight
from shared.access.directory import ExerciseEntry
from shared.access.roles import HOST_ROLES, PARTNER_ROLES, Role
from shared.access.stages import Stage


def sight_of(exercise: ExerciseEntry, roles: Collection[Role]) -> Sight:
    """What a person with these roles (those that let them read findings at this stage) may see."""
    talks = exercise.stage is not Stage.CLOSED
    if HOST_ROLES & set(roles):
        return Sight(None, as_partner=False, words_and_photos=talks)
    # Somebody of the partner stays one, whatever else they are.
    partner = Role.VOLUNTEER not in roles or bool(PARTNER_ROLES & set(roles))
    return Sight(open_waves(exercise), as_partner=partner, words_and_photos=talks)


def partner_sight(exercise: ExerciseEntry | None) -> Sight:
    """What the partner may see of an exercise once its stage lets them read at all."""
    return Sight(frozenset({1}) if exercise is None else open_waves(exercise), as_partner=True)


def open_waves(exercise: ExerciseEntry) -> frozenset[int]:
    """The waves that two keys have released, the first with the stage."""
    return frozenset(wave.number for wave in exercise.waves if exercise.open_to_partner(wave.number))
