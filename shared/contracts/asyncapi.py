"""The AsyncAPI 3 document: every topic and event in one place, for whoever connects another program."""

from __future__ import annotations

from typing import Any

from shared.contracts.catalogue import EVENTS, TOPICS
from shared.contracts.examples import example
from shared.contracts.json_schemas import kept

_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_SERVICES = ("intake", "assessment", "reporting")


def document() -> dict[str, Any]:
    """The whole document, ready for JSON."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Open Door events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0. On Kafka: binary mode, attributes in ce_ headers, the key orders events. "
            "Delivery is at least once; an event's id makes handling it again harmless. "
            "Consumers pass over fields and types that they do not know.",
        },
        "defaultContentType": "application/json",
        "channels": {_name(topic): _channel(topic, about) for topic, about in TOPICS.items()},
        "operations": _operations(),
        "components": {
            "messages": {type_: _message(type_) for type_ in EVENTS},
            "messageTraits": {"cloudevent": {"headers": _HEADERS}},
        },
    }


_HEADERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "description": "Of this event; the same when it is delivered again."},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string", "enum": [f"/{service}" for service in _SERVICES]},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_partitionkey": {"type": "string"},
        "ce_subject": {"type": "string"},
        "ce_correlationid": {"type": "string", "description": "The request that began it all."},
        "ce_causationid": {"type": "string", "description": "The event that led to this one."},
    },
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_partitionkey"],
}


def _name(topic: str) -> str:
    return topic.removeprefix("opendoor.")


def _channel(topic: str, about: str) -> dict[str, Any]:
    messages = {
        type_: {"$ref": f"#/components/messages/{type_}"} for type_, kind in EVENTS.items() if kind.topic == topic
    }
    return {"address": topic, "description": about, "messages": messages}


def _message(type_: str) -> dict[str, Any]:
    schema = kept(type_)
    return {
        "name": type_,
        "title": schema["title"],
        "summary": schema["description"],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": schema},
        "examples": [{"name": "example", "payload": example(type_).data}],
    }


def _operations() -> dict[str, Any]:
    """Who sends and who receives what, one operation for each service and topic."""
    operations: dict[str, Any] = {}
    for service in _SERVICES:
        for topic in TOPICS:
            of_topic = [kind for kind in EVENTS.values() if kind.topic == topic]
            sent = [kind.type for kind in of_topic if kind.producer == service]
            received = [kind.type for kind in of_topic if service in kind.consumers]
            for action, types in (("send", sent), ("receive", received)):
                if types:
                    operations[f"{service}.{action}.{_name(topic)}"] = _operation(action, topic, types)
    return operations


def _operation(action: str, topic: str, types: list[str]) -> dict[str, Any]:
    channel = f"#/channels/{_name(topic)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{type_}"} for type_ in types],
    }
