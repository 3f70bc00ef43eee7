"""`make run-full`: the product at full size without containers, on its own Apache Kafka, PostgreSQL and S3 server.

The three servers keep what they hold under the data folder and stop when the product stops.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from deploy.servers.kafka import Kafka, fetch_jars
from deploy.servers.postgres import Postgres, binaries
from deploy.servers.seaweed import KEY, SECRET, Seaweed
from shared.contracts.catalogue import DIRECTORY, TOPICS
from shared.messaging.log.kafka_log import KafkaLog


def main() -> int:
    """Start the servers, run `python -m services` on them, stop them; its exit code."""
    data = Path(os.environ.get("OPENDOOR_DATA") or "data-full").absolute()
    try:
        fetch_jars()
        binaries()
    except RuntimeError as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    # Whoever is stopped while the servers start takes those along that have started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as running:
        environ = dict(os.environ) | _servers(data / "servers", running)
        return _product(environ | {"OPENDOOR_DATA": str(data)})


def _servers(folder: Path, running: ExitStack) -> dict[str, str]:
    sys.stdout.write("Starting PostgreSQL, an S3 server and Apache Kafka ...\n")
    sys.stdout.flush()
    postgres, seaweed, kafka = (
        Postgres(folder / "pg", durable=True),
        Seaweed(folder / "seaweed"),
        Kafka(folder / "kafka"),
    )
    running.callback(postgres.stop)
    postgres.start()
    running.callback(seaweed.stop, signal.SIGTERM)
    seaweed.start()
    running.callback(kafka.stop, signal.SIGTERM)
    kafka.start()
    event_log = f"kafka://{kafka.bootstrap}"
    log = KafkaLog(event_log)
    log.make_topics(list(TOPICS), compacted=[DIRECTORY])
    log.close()
    databases = {
        f"OPENDOOR_{name.upper()}_DATABASE": postgres.new_database(name)
        for name in ("intake", "assessment", "reporting")
    }
    objects = {"OPENDOOR_OBJECTS": seaweed.make_bucket("opendoor"), "OPENDOOR_EVENT_LOG": event_log}
    return {**databases, **objects, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


def _product(environ: dict[str, str]) -> int:
    # In a session of its own: Ctrl-C reaches us, and we stop the product first and its servers after it.
    product = subprocess.Popen([sys.executable, "-m", "services"], env=environ, start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: product.send_signal(signal.SIGTERM))
    while True:
        with suppress(KeyboardInterrupt):
            return product.wait()


if __name__ == "__main__":
    sys.exit(main())
