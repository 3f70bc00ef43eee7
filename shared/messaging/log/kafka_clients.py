"""Opens kafka-python's clients so that one which finds no broker leaves nothing behind.

A constructor of kafka-python 3.0.12 that gives up keeps its thread and its sockets; while Kafka is away for an hour,
that would add up to more than a process may have.
"""

from __future__ import annotations

from typing import Any

from kafka.net.compat import KafkaNetClient


def opened(kind: type[Any], **settings: Any) -> Any:
    """A KafkaConsumer, KafkaProducer or KafkaAdminClient. Raises what its constructor raises, with all closed."""
    made: list[Any] = []

    def client(**config: Any) -> Any:
        made.append(KafkaNetClient(**config))
        return made[-1]

    try:
        return kind(kafka_client=client, **settings)
    except BaseException:
        for one in made:
            one.close()
        raise
