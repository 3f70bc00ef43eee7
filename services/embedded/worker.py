"""The worker process of one service: its relay, its consumer and whatever else it does behind the scenes."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from services.embedded.house import BUILDERS
from shared.messaging.running import BUSY_SECONDS, close_all, run_all
from shared.messaging.turn import Turn
from shared.runtime.settings import Settings

MILDNESS = 5
"""How far the work behind the scenes stands back while somebody waits for an answer of the same machine. No further: a
worker that a busy machine starves is put out of its group by Kafka, and one that is left waiting in the midst of
writing keeps phones waiting too. Long work on photos stands further back by itself (shared/runtime/mildly.py)."""


def turn_of(data: Path, name: str) -> Turn:
    """Who runs the jobs of a service on this machine: its worker processes share it, `opendoor drain` has it alone."""
    return Turn(data / "turns" / f"{name}.worker")


def work(settings: Settings, name: str) -> None:
    """Run the jobs of service `name` until SIGTERM or SIGINT; waits while `opendoor drain` runs them."""
    os.nice(MILDNESS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    turn = turn_of(settings.data, name)
    while not turn.share():
        if stop.wait(BUSY_SECONDS):
            return
    service = BUILDERS[name](settings, None)
    jobs = service.jobs()
    try:
        run_all(jobs, stop)
    finally:
        close_all(jobs)
        turn.give_back()
