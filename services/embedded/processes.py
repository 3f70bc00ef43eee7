"""Keeps a few child processes alive, and takes every one of them along when it ends, even by `kill -9`."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

STOP_SECONDS = 8.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 10.0
SETTLED_SECONDS = 30.0
"""A child that lived this long is started again at once when it dies."""

_PR_SET_PDEATHSIG = 1
_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

_log = structlog.get_logger(__name__)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process as soon as `parent`, which forked it, is gone (Linux).

    At once and not gently: whatever was acknowledged is durable, and nobody is left to stop us gently.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def fork(run: Callable[[], object]) -> int:
    """Run `run` in a child process of its own group, which dies with this one; the child's pid.

    A group of its own: Ctrl-C reaches the parent alone, which then stops its children in good order.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code: object = 1
    try:
        os.setpgid(0, 0)
        die_with_parent(parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        run()
        code = 0
    except SystemExit as leaving:
        code = leaving.code or 0
    except BaseException as error:
        _log.error("process died", error=type(error).__name__, exc_info=True)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


@dataclass(slots=True)
class Child:
    """A process that should always be there."""

    name: str
    run: Callable[[], object]
    pid: int = 0
    started: float = 0.0
    wait: float = 0.0
    again_at: float = field(default=0.0)


def keep_alive(children: Sequence[Child], *, started: Callable[[], object] = lambda: None) -> None:
    """Start every child and start it again when it dies; return when a signal has told us to stop and all are gone.

    `started` is called once, when all of them have been started.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        for child in children:
            _start(child)
        started()
        while not _told_to_stop(_patience(children)):
            _bury(children)
            for child in children:
                if not child.pid and time.monotonic() >= child.again_at:
                    _start(child)
    finally:
        _stop(children)
        while signal.sigtimedwait(_SIGNALS, 0) is not None:
            pass  # an impatient second Ctrl-C says nothing new
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _start(child: Child) -> None:
    child.pid = fork(child.run)
    child.started = time.monotonic()


def _patience(children: Sequence[Child]) -> float:
    waiting = [child.again_at - time.monotonic() for child in children if not child.pid]
    return max(0.0, min(waiting, default=60.0))


def _told_to_stop(seconds: float) -> bool:
    heard = signal.sigtimedwait(_SIGNALS, seconds)
    return heard is not None and heard.si_signo != signal.SIGCHLD


def _bury(children: Sequence[Child]) -> None:
    for child in children:
        if not child.pid:
            continue
        gone, status = os.waitpid(child.pid, os.WNOHANG)
        if not gone:
            continue
        lived = time.monotonic() - child.started
        child.wait = 0.0 if lived > SETTLED_SECONDS else min(LONGEST_WAIT_SECONDS, child.wait * 2 or FIRST_WAIT_SECONDS)
        child.again_at = time.monotonic() + child.wait
        child.pid = 0
        _log.error("process ended, starting it again", process=child.name, status=status, in_seconds=child.wait)


def _stop(children: Sequence[Child]) -> None:
    alive = [child for child in children if child.pid]
    for child in alive:
        os.kill(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while alive:
        alive = [child for child in alive if os.waitpid(child.pid, os.WNOHANG)[0] == 0]
        if alive and time.monotonic() > deadline:
            for child in alive:
                os.killpg(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
            break
        if alive:
            signal.sigtimedwait({signal.SIGCHLD}, 0.1)
    for child in children:
        child.pid = 0
