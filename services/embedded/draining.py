"""Until everything that was acknowledged has had its effects in all three services, whether or not their workers run
meanwhile, and however much more comes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from services.embedded.worker import turn_of
from shared.messaging import dead_letters
from shared.messaging.relay import Relay
from shared.messaging.running import close_all, settle
from shared.messaging.worker import WorkerStopped
from shared.runtime.job import Job
from shared.runtime.service import Service

LOOK_AGAIN_SECONDS = 0.05
PATIENCE_SECONDS = 60


def drain_all(house: Mapping[str, Service]) -> int:
    """Return when everything acknowledged until now has had all its effects; how much was done here.

    The jobs of a service whose worker process runs are left to it and watched. Raises WorkerStopped when a
    worker has given up, CannotDrain when nothing has moved for a minute.
    """
    stages: list[tuple[Job, bool]] = []
    pause = threading.Event()

    def wait() -> None:
        for service in house.values():
            with service.database.reading() as tx:
                for stop in dead_letters.stopped(tx):
                    raise WorkerStopped(stop.why)
        pause.wait(LOOK_AGAIN_SECONDS)

    turns = []
    try:
        for name, service in house.items():
            turn = turn_of(service.settings.data, name)
            turns.append(turn)
            ours = turn.take()
            # What any job of a service tells the others leaves by its relay.
            jobs = sorted(service.jobs(), key=lambda job: isinstance(job, Relay))
            stages.extend((job, ours) for job in jobs)
        return settle(stages, wait=wait, patience=int(PATIENCE_SECONDS / LOOK_AGAIN_SECONDS))
    finally:
        close_all(job for job, _ in stages)
        for turn in turns:
            turn.give_back()
