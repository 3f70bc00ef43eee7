"""Works out anew, from the first event of the log on, what assessment and reporting hold because they were told it.
What of all they hold that is, and what must be kept, is told in docs/adr/0011."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from services.embedded.worker import turn_of
from shared.messaging.running import drain
from shared.messaging.worker import Worker
from shared.runtime.job import Job
from shared.runtime.service import Service

LOOK_AGAIN_SECONDS = 0.05
PATIENCE_SECONDS = 60


class ReplayRefused(Exception):
    """A replay cannot begin; the text is a plain sentence."""


def replay(house: Mapping[str, Service]) -> int:
    """Rebuild every service that can be rebuilt, in the order in which facts travel; how much work it was.

    Stopped half way, the next start or replay goes on with it. Raises ReplayRefused (a worker runs), GroupBusy, LogCut,
    LogAway, CannotDrain, WorkerStopped.
    """
    with ExitStack() as held:
        for name, service in house.items():
            turn = turn_of(service.settings.data, name)
            if not turn.take():
                raise ReplayRefused(f"The worker of {name} runs: stop Open Door, replay, then start it again.")
            held.callback(turn.give_back)
        jobs = {name: list(service.jobs()) for name, service in house.items()}
        everything = [job for of_service in jobs.values() for job in of_service]
        held.callback(_close, everything)
        done = _until_nothing_waits(everything)
        for name, service in house.items():
            if service.forget_derived is not None:
                done += _rebuild(service, jobs[name])
        return done + _until_nothing_waits(everything)


def _rebuild(service: Service, jobs: Sequence[Job]) -> int:
    assert service.forget_derived is not None
    workers = [job for job in jobs if isinstance(job, Worker)]
    for worker in workers:
        worker.begin_again(service.forget_derived)
    # All is taken in before anything is told or made of it: nobody shall hear of, or read, a half of the truth.
    done = _until_nothing_waits(workers)
    return done + _until_nothing_waits([job for job in jobs if not isinstance(job, Worker)])


def _until_nothing_waits(jobs: Sequence[Job]) -> int:
    pause = threading.Event()

    def wait() -> None:
        pause.wait(LOOK_AGAIN_SECONDS)

    return drain(
        jobs,
        wait=wait,
        patience=int(PATIENCE_SECONDS / LOOK_AGAIN_SECONDS),
    )


def _close(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if isinstance(job, Worker):
            job.close()
