"""Plain words for the codes that stand in a document, taken from the instruments wherever these have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from services.reporting.domain.recommendation import WORDS
from shared.contracts.instruments import load, published

_BANDS = {"calm": "calm", "some-strain": "some strain", "strained": "strained", "heavy": "heavy"}
_FLAGS = {
    "resolved": "put right",
    "still-open": "still open",
    "cannot-tell": "we cannot tell yet",
    "new-red": "new red flag",
    "new-amber": "new amber flag",
    "none": "no flag",
}
_COSTS = {"none": "nothing", "under-100": "under £100", "under-1000": "under £1,000", "more": "more than £1,000"}
_ROLES = {
    "lead": "the exercise lead",
    "volunteer": "a volunteer",
    "manager": "the partner's manager",
    "working-group": "the working group",
}


@lru_cache(maxsize=1)
def words_for_documents() -> Mapping[str, Mapping[str, str]]:
    """Words by kind of code: prompts, zones, stages, bands, flags, costs, roles, statuses."""
    prompts: dict[str, str] = {}
    zones: dict[str, str] = {}
    stages: dict[str, str] = {}
    for name, version in published():
        instrument = load(name, version)
        prompts |= {item.code: item.prompt for item in instrument.items}
        zones |= {zone.code: zone.name for zone in instrument.zones}
        stages |= {stage.code: stage.name for stage in instrument.stages}
    return {
        "prompts": prompts,
        "zones": zones,
        "stages": stages,
        "bands": _BANDS,
        "flags": _FLAGS,
        "costs": _COSTS,
        "roles": _ROLES,
        "statuses": dict(WORDS),
    }
