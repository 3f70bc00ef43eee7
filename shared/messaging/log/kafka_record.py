"""An event as a Kafka record: the CloudEvents binary mode, attributes in `ce_*` headers and the data as the value."""

from __future__ import annotations

from typing import Any

from shared.contracts.envelope import Envelope, EnvelopeRefused
from shared.contracts.json_text import from_text, to_text
from shared.messaging.log.port import Delivery

_CONTENT_TYPE = "datacontenttype"
_KEY = "partitionkey"


def headers_of(envelope: Envelope) -> list[tuple[str, bytes]]:
    """`ce_id`, `ce_type` and so on, and `content-type`."""
    attributes = envelope.attributes()
    headers = [("content-type", attributes.pop(_CONTENT_TYPE).encode())]
    return headers + [(f"ce_{name}", value.encode()) for name, value in attributes.items()]


def value_of(envelope: Envelope) -> bytes:
    """The data as JSON in UTF-8."""
    return to_text(envelope.data).encode()


def delivery_of(topic: str, record: Any) -> Delivery:
    """The event in a record of kafka-python; what cannot be read is kept as text, with the reason."""
    try:
        found: dict[str, Any] = {
            name.removeprefix("ce_"): (value or b"").decode()
            for name, value in record.headers or ()
            if name.startswith("ce_")
        }
        if _KEY not in found and record.key is not None:
            found[_KEY] = record.key.decode()
        found["data"] = from_text(record.value or b"null")
        envelope = Envelope.from_cloudevent(found, topic=topic)
    except (EnvelopeRefused, ValueError) as fault:
        body = (record.value or b"").decode("utf-8", "replace")
        return Delivery(topic, record.partition, record.offset, None, fault=str(fault), body=body)
    return Delivery(topic, record.partition, record.offset, envelope)
