"""The loop of a worker process, and running everything to emptiness."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from shared.messaging import running
from shared.messaging.running import MUCH, CannotDrain, Loop, drain, run_all, settle
from shared.messaging.trouble import TryLater
from shared.messaging.worker import WorkerStopped


class Stage:
    """A job that hands what it has to the next, `at_once` things a round."""

    def __init__(self, name: str, following: Stage | None = None, *, at_once: int = 2) -> None:
        self.name = name
        self.following = following
        self.at_once = at_once
        self.has = 0

    def run_once(self) -> int:
        done = min(self.has, self.at_once)
        self.has -= done
        if self.following is not None:
            self.following.has += done
        return done

    def pending(self) -> int:
        return self.has


class Failing(Stage):
    """A job that fails with what it was given, as long as it was given something."""

    def __init__(self, name: str, errors: list[Callable[[], Exception]]) -> None:
        super().__init__(name)
        self.errors = errors
        self.tried = 0

    def run_once(self) -> int:
        self.tried += 1
        if self.errors:
            raise self.errors.pop(0)()
        return super().run_once()


def test_drain_runs_everything_to_emptiness_whatever_the_order() -> None:
    last = Stage("last")
    middle = Stage("middle", last)
    first = Stage("first", middle)
    first.has = 7
    assert drain([last, middle, first]) == 21
    assert (first.has, middle.has, last.has) == (0, 0, 0)


def test_drain_waits_for_what_others_run() -> None:
    theirs = Stage("theirs")
    theirs.has = 6
    drain([], [theirs], wait=lambda: [theirs.run_once(), None][1])
    assert theirs.has == 0


def test_drain_sees_work_that_moves_against_the_order_of_looking() -> None:
    seen: list[str] = []

    class Elusive(Stage):
        """Hands its work backwards just after it was asked, as another process may do."""

        def pending(self) -> int:
            has = self.has
            if elsewhere := next((stage for stage in chain if stage.has), None):
                elsewhere.run_once()
                seen.append(elsewhere.name)
            return has

    chain: list[Elusive] = []
    following: Elusive | None = None
    for n in range(4):
        following = Elusive(str(n), following)
        chain.append(following)
    chain[3].has = 1
    drain([], list(chain))
    assert [stage.has for stage in chain] == [0, 0, 0, 0]
    assert seen == ["3", "2", "1", "0"]


def test_drain_gives_up_when_nothing_moves() -> None:
    stuck = Failing("stuck", [lambda: TryLater("away")] * 100)
    stuck.has = 1
    with pytest.raises(CannotDrain, match="stuck"):
        drain([stuck])


def test_drain_goes_on_after_trouble_that_passed() -> None:
    slow = Failing("slow", [lambda: TryLater("away")] * 2)
    slow.has = 3
    assert drain([slow]) == 3


def test_a_job_in_trouble_rests_longer_each_time_and_the_others_go_on() -> None:
    now = [0.0]
    bad = Failing("bad", [lambda: TryLater("away"), lambda: RuntimeError("odd")])
    good = Stage("good", at_once=1)
    bad.has = good.has = 100
    loop = Loop([bad, good], threading.Event(), monotonic=lambda: now[0])
    tries = []
    for _ in range(5):
        loop.one_round()
        tries.append(bad.tried)
        now[0] += 0.4
    assert tries == [1, 1, 2, 2, 2]
    now[0] = 100.0
    assert loop.one_round() == 3
    assert good.has == 94


def test_a_worker_that_stopped_is_not_asked_again() -> None:
    stopped = Failing("stopped", [lambda: WorkerStopped("poison")] * 2)
    loop = Loop([stopped], threading.Event())
    loop.one_round()
    loop.one_round()
    assert stopped.tried == 1


def test_the_loop_ends_when_it_is_told_to() -> None:
    stop = threading.Event()

    class Last(Stage):
        def run_once(self) -> int:
            stop.set()
            return 1

    Loop([Last("last")], stop).run()
    assert stop.is_set()


def test_a_job_that_waits_for_a_stranger_holds_up_only_its_own_kind() -> None:
    stop, let_go = threading.Event(), threading.Event()
    threads: dict[str, str] = {}

    class Seen(Stage):
        def run_once(self) -> int:
            threads[self.name] = threading.current_thread().name
            return super().run_once()

    class Hangs(Seen):
        apart = "letters"

        def run_once(self) -> int:
            super().run_once()
            let_go.wait(20)
            return 0

    class Cleans(Seen):
        apart = "objects"

    class Relays(Seen):
        def run_once(self) -> int:
            done = super().run_once()
            if self.has == 0 and "cleaner" in threads:
                stop.set()
                let_go.set()
            return done

    relay = Relays("relay", at_once=MUCH)
    relay.has = MUCH * 3
    run_all([Hangs("post"), relay, Cleans("cleaner")], stop)
    assert relay.has == 0
    assert threads == {"post": "letters", "cleaner": "objects", "relay": threading.current_thread().name}


def test_one_that_never_comes_back_does_not_keep_the_rest_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "GOODBYE_SECONDS", 0.05)
    stop, let_go = threading.Event(), threading.Event()

    class Hangs(Stage):
        apart = "letters"

        def run_once(self) -> int:
            stop.set()
            let_go.wait(20)
            return 0

    try:
        run_all([Hangs("post"), Stage("relay")], stop)
        assert any(thread.name == "letters" for thread in threading.enumerate())
    finally:
        let_go.set()


class Poured(Stage):
    """A job into which as much comes as it does, so that it is never done; its mark counts what went through."""

    def __init__(self, name: str, following: Stage | None = None) -> None:
        super().__init__(name, following)
        self.through = 0

    def run_once(self) -> int:
        done = super().run_once()
        self.through += done
        self.has += done
        return done

    def mark(self) -> int:
        return self.through + self.has

    def left(self, mark: int) -> int:
        return max(0, mark - self.through)


def test_settling_returns_under_a_stream_that_never_ends() -> None:
    last = Poured("last")
    middle = Poured("middle", last)
    first = Poured("first", middle)
    first.has = 7
    settle([(first, True), (middle, True), (last, True)])
    assert first.through >= 7
    assert last.through >= 7
    assert first.pending() > 0


def test_settling_watches_what_somebody_else_runs() -> None:
    theirs = Poured("theirs")
    theirs.has = 6
    assert settle([(theirs, False)], wait=lambda: [theirs.run_once(), None][1]) == 0
    assert theirs.through >= 6


def test_settling_gives_up_when_nothing_moves() -> None:
    stuck = Failing("stuck", [lambda: TryLater("away")] * 100)
    stuck.has = 1
    with pytest.raises(CannotDrain, match="stuck"):
        settle([(Stage("fine"), True), (stuck, True)])


def test_a_little_work_is_left_to_gather_and_much_is_gone_on_with() -> None:
    pauses: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            self.set()
            return True

    stop = Stop()
    stage = Stage("stage", at_once=MUCH)
    stage.has = MUCH * 2 + 1
    Loop([stage], stop).run()
    assert stage.has == 0
    assert len(pauses) == 1


def test_a_job_that_is_in_no_hurry_is_not_asked_all_the_time() -> None:
    now = [0.0]
    patient = Failing("patient", [])
    patient.looks_every = 5.0  # type: ignore[attr-defined]
    loop = Loop([patient], threading.Event(), monotonic=lambda: now[0])
    for _ in range(12):
        loop.one_round()
        now[0] += 1.0
    assert patient.tried == 3


def test_a_job_that_wants_a_breath_comes_round_seldom() -> None:
    now = [0.0]
    calm = Stage("calm", at_once=1)
    calm.breath = 0.3  # type: ignore[attr-defined]
    calm.has = 10
    loop = Loop([calm], threading.Event(), monotonic=lambda: now[0])
    for _ in range(5):
        loop.one_round()
        now[0] += 0.2
    assert calm.has == 7
