"""How an exercise moves through its seven stages, and the two keys that lift an embargo (domain.md §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.contracts.refusals import FieldError, conflict, invalid

STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
TWO_KEY_STAGES = ("manager-review", "shared")
KEYS = ("lead", "representative")


def check_move(stage: str, to: str, reason: str | None, *, closure_signed: bool) -> None:
    """Whether a lead may move the exercise from `stage` to `to` alone.

    Only to the next stage, or back by one with a reason (wire.md §2). Raises Refusal: 409 for a move that is not
    allowed, 422 for a step back without a reason.
    """
    step = STAGES.index(to) - STAGES.index(stage)
    if step == -1:
        if not reason:
            raise invalid([FieldError("/reason", "Say why the exercise goes back.")])
        return
    if step != 1:
        raise conflict(
            "not-the-next-stage",
            f"The exercise is at the stage {stage}. It can only go {_neighbours(stage)}.",
            stage=stage,
        )
    if to in TWO_KEY_STAGES:
        raise conflict(
            "two-keys-needed",
            f"The move to {to} lifts an embargo. It is made by two recorded acts, one of a lead and one of a "
            "representative: each of them sends a POST to releases.",
            stage=stage,
        )
    if to == "closed" and not closure_signed:
        raise conflict(
            "closure-missing",
            "The exercise cannot be closed before the formal closure is signed: every record on the unwind list "
            "ticked off, and a statement.",
            stage=stage,
        )


def _neighbours(stage: str) -> str:
    place = STAGES.index(stage)
    ways = [f"to {STAGES[place + 1]} next"] if place + 1 < len(STAGES) else []
    if place:
        ways.append(f"back to {STAGES[place - 1]}, with a reason")
    return ", or ".join(ways)


@dataclass(frozen=True, slots=True)
class State:
    """Where an exercise stands. `version` grows with every change that others hear of."""

    id: str
    stage: str
    version: int
    shared_before: bool
    wave_releases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """What two keys open: a stage, or in `action` the sharing of one later wave."""

    to: str
    wave: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One person's recorded act for a release, with the keys that this person holds today."""

    person_id: str
    keys: frozenset[str]


def check_release(release: Release, stage: str, *, waves: Sequence[int], released: Iterable[int]) -> None:
    """Whether this release can be asked for now.

    Raises Refusal: 422 when the wave is not one, 409 when the stage is not the one before, or it is open already.
    """
    if release.wave is not None:
        _check_wave_release(release, stage, waves=waves, released=released)
        return
    here, there = STAGES.index(stage), STAGES.index(release.to)
    if here >= there:
        raise conflict("already-released", f"The exercise is already at the stage {stage}.", stage=stage)
    if here != there - 1:
        raise conflict(
            "not-the-next-stage", f"The exercise is in {stage}, so {release.to} cannot be released yet.", stage=stage
        )


def _check_wave_release(release: Release, stage: str, *, waves: Sequence[int], released: Iterable[int]) -> None:
    if release.to != "shared":
        raise invalid([FieldError("/wave", "A wave is released to shared only.")])
    if release.wave not in waves or release.wave == 1:
        raise invalid([FieldError("/wave", "This exercise has no such later wave; the first is released by stage.")])
    if stage != "action":
        raise conflict(
            "not-open", f"A later wave is released while the exercise is in action; it is in {stage}.", stage=stage
        )
    if release.wave in set(released):
        raise conflict("already-released", "This wave is already released.", stage=stage)


def opens(release: Release, wave_releases: Iterable[int]) -> tuple[int, ...]:
    """The waves that the partner may read of from this release on: with the draft for the managers those of the main
    round (and later ones, when an exercise was taken back after their release), and each later wave by its own."""
    if release.wave is not None:
        return (release.wave,)
    return (1, *wave_releases) if release.to == "manager-review" else ()


def missing_keys(acts: Iterable[Act]) -> tuple[str, ...]:
    """Who still has to act: no key when two different people hold one each (domain.md §4, hard rule 2)."""
    given = [act for act in acts if act.keys]
    for lead in given:
        if "lead" in lead.keys and any(
            "representative" in other.keys and other.person_id != lead.person_id for other in given
        ):
            return ()
    leads = [act for act in given if "lead" in act.keys]
    representatives = [act for act in given if "representative" in act.keys]
    if leads and representatives:
        # One person holds both keys and gave one act: the other key must be somebody else's.
        return ("somebody-else",)
    return tuple(key for key, has in zip(KEYS, (leads, representatives), strict=True) if not has)
