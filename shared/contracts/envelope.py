"""The envelope every event travels in, on any log: a CloudEvents 1.0 event and the key that orders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.contracts.json_text import from_text, to_text

SPEC_VERSION = "1.0"

LONGEST_ATTRIBUTE = 500
"""Characters."""


class EnvelopeRefused(ValueError):
    """These bytes are no CloudEvent that we can read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. `key` decides order: events of one key are handled one after the other.

    `time` is aware; `data` holds JSON values only. `correlation_id` is the request that began it all,
    `causation_id` the event that led to this one.
    """

    id: str
    type: str
    topic: str
    key: str
    time: datetime
    data: Mapping[str, Any]
    source: str = "/intake"
    subject: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None

    def attributes(self) -> dict[str, str]:
        """The CloudEvents attributes without the data: what Kafka's `ce_*` headers carry."""
        found = {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "time": self.time.astimezone(UTC).isoformat(timespec="microseconds"),
            "datacontenttype": "application/json",
            "partitionkey": self.key,
        }
        extra = {
            "subject": self.subject,
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
        }
        return found | {name: value for name, value in extra.items() if value is not None}

    def as_cloudevent(self) -> dict[str, Any]:
        """The event in the structured JSON form of CloudEvents."""
        return {**self.attributes(), "data": self.data}

    def to_json(self) -> str:
        """The structured form as compact JSON text."""
        return to_text(self.as_cloudevent())

    @classmethod
    def from_json(cls, text: str | bytes, *, topic: str) -> Envelope:
        """Read the structured form. Raises EnvelopeRefused."""
        try:
            found = from_text(text)
        except ValueError as fault:
            raise EnvelopeRefused(f"This event is not JSON: {fault}") from fault
        if not isinstance(found, dict):
            raise EnvelopeRefused("This event is not a JSON object.")
        return cls.from_cloudevent(found, topic=topic)

    @classmethod
    def from_cloudevent(cls, found: Mapping[str, Any], *, topic: str) -> Envelope:
        """Read the structured form, already parsed, past unknown attributes. Raises EnvelopeRefused."""
        if found.get("specversion") != SPEC_VERSION:
            raise EnvelopeRefused("This is not a CloudEvent of version 1.0.")
        data = found.get("data")
        if not isinstance(data, dict):
            raise EnvelopeRefused("The data of this event is not a JSON object.")
        missing = [
            name for name in ("id", "type", "source", "time", "partitionkey") if not _is_attribute(found.get(name))
        ]
        if missing:
            raise EnvelopeRefused(f"This event has no {', '.join(missing)}.")
        try:
            time = datetime.fromisoformat(found["time"])
        except ValueError as fault:
            raise EnvelopeRefused("The time of this event is not RFC 3339.") from fault
        if time.tzinfo is None:
            raise EnvelopeRefused("The time of this event has no offset.")
        return cls(
            id=found["id"],
            type=found["type"],
            topic=topic,
            key=found["partitionkey"],
            time=time,
            data=data,
            source=found["source"],
            **{
                field: found[name]
                for name, field in _OPTIONAL.items()
                if _is_attribute(found.get(name))  # one that is not proper is as if it were not there
            },
        )


_OPTIONAL = {"subject": "subject", "correlationid": "correlation_id", "causationid": "causation_id"}


def _is_attribute(value: Any) -> bool:
    """Whether it can be kept and compared anywhere: some printable text of no great length."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ATTRIBUTE and value.isprintable()
