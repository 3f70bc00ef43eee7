"""One example of every event, as a CloudEvent in a file: producers' and consumers' tests hold themselves to it."""

from __future__ import annotations

import json
from pathlib import Path

from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import Envelope

_FOLDER = Path(__file__).parent


def example(type_: str) -> Envelope:
    """The example of this event. Raises KeyError for a type that the catalogue does not have."""
    topic = EVENTS[type_].topic
    found = json.loads((_FOLDER / f"{type_}.json").read_text(encoding="utf-8"))
    return Envelope.from_cloudevent(found, topic=topic)
