"""Everything a `kafka://` URL says: where the cluster is, how to prove who we are, and how topics are made there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """Times in milliseconds, sizes in bytes. `prefix` stands before every topic and group.

    `kafka://user:secret@host:9092,host:9092?security=SASL_SSL&mechanism=SCRAM-SHA-512&ca=/path/ca.pem
    &prefix=brighton.&partitions=8&replication=3&retention=-1&session=10000
    &patience=8000` (so long a client looks for a broker before it says that there is none)
    """

    servers: tuple[str, ...]
    prefix: str = ""
    partitions: int = 8
    replication: int = 1
    retention_ms: int = -1
    session_ms: int = 10_000
    patience_ms: int = 8_000
    largest: int = 5_000_000
    security: str = "PLAINTEXT"
    mechanism: str | None = None
    user: str | None = None
    secret: str | None = None
    ca: str | None = None
    certificate: str | None = None
    certificate_key: str | None = None

    @classmethod
    def from_url(cls, url: str) -> KafkaAddress:
        """Read the URL. Raises ValueError with a sentence."""
        parts = urlsplit(url)
        who, _, where = parts.netloc.rpartition("@")
        user, _, secret = who.partition(":")
        servers = tuple(server for server in where.split(",") if server)
        if parts.scheme != "kafka" or not servers:
            raise ValueError("The event log's URL must look like kafka://host:9092,host:9092")
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        numbers = {
            "partitions": "partitions",
            "replication": "replication",
            "retention": "retention_ms",
            "session": "session_ms",
            "patience": "patience_ms",
            "largest": "largest",
        }
        texts = {"prefix": "prefix", "security": "security", "mechanism": "mechanism", "ca": "ca"}
        texts |= {"certificate": "certificate", "key": "certificate_key"}
        unknown = asked.keys() - numbers.keys() - texts.keys()
        if unknown:
            raise ValueError(f"The event log's URL asks for {', '.join(sorted(unknown))}, which is not known.")
        found: dict[str, Any] = {field: asked[name] for name, field in texts.items() if name in asked}
        for name, field in numbers.items():
            if name in asked:
                found[field] = int(asked[name])
        return cls(servers=servers, user=unquote(user) or None, secret=unquote(secret) or None, **found)

    def topic(self, name: str) -> str:
        """The topic's name in the cluster."""
        return self.prefix + name

    def plain(self, topic: str) -> str:
        """The topic's name as our catalogue knows it."""
        return topic.removeprefix(self.prefix)

    def group(self, name: str) -> str:
        """The group's name in the cluster."""
        return self.prefix + name

    def assignors(self) -> list[type]:
        """Partitions move between readers one at a time, not all at once."""
        return [CooperativeStickyAssignor]

    def client_settings(self) -> dict[str, Any]:
        """What every client of kafka-python needs to reach the cluster."""
        wanted = {
            "bootstrap_servers": list(self.servers),
            "bootstrap_timeout_ms": self.patience_ms,
            "security_protocol": self.security,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.secret,
            "ssl_cafile": self.ca,
            "ssl_certfile": self.certificate,
            "ssl_keyfile": self.certificate_key,
            "reconnect_backoff_ms": 100,
            "reconnect_backoff_max_ms": 2_000,
        }
        return {name: value for name, value in wanted.items() if value is not None}
