"""What somebody who plans one exercise may not do to a partner or site that is also in another, not led by them.

A partner and a site are the same everywhere: their name, their parts and whether photos may be taken belong to all
their leads. As with people, the sentences do not say where else they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from services.intake.domain.people_of_others import Planner
from services.intake.domain.plan import Partner, Plan, Site
from shared.contracts.refusals import FieldError

NOT_HERE = "this id cannot be used here. Take another one."
NOT_YOURS = "cannot be changed by you. Ask whoever runs Open Door."


@dataclass(frozen=True, slots=True)
class Held:
    """A partner or site as it is kept, and every exercise it is in."""

    entry: Partner | Site
    exercises: frozenset[str]


def faults(planner: Planner, known: Mapping[str, Held], before: Plan | None, after: Plan) -> Iterator[FieldError]:
    """A fault for each partner or site of `after` that is not the planner's to bring in, or not theirs to change.

    `known`: those that are kept already, by id.
    """
    own = {before.partner.id, *(site.id for site in before.sites)} if before is not None else set()
    places: list[tuple[str, Partner | Site]] = [
        ("/partner", after.partner),
        *((f"/sites/{place}", site) for place, site in enumerate(after.sites)),
    ]
    for pointer, entry in places:
        held = known.get(entry.id)
        if held is None or held.exercises <= planner.leads:
            continue
        if entry.id not in own and not held.exercises & planner.leads:
            yield FieldError(f"{pointer}/id", NOT_HERE)
            continue
        kept = asdict(held.entry)
        changed = [name for name, value in asdict(entry).items() if value != kept.get(name)]
        yield from (FieldError(f"{pointer}/{name}", NOT_YOURS) for name in changed)
