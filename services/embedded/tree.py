"""Starts everything with one command: checks, preparation, then one process for the pages and one worker a service."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping

import click

from services.embedded import web
from services.embedded.checks import CannotStart, claim_folder, claim_port, read_settings
from services.embedded.house import BUILDERS
from services.embedded.prepare import prepare
from services.embedded.processes import Child, fork, keep_alive
from services.embedded.worker import work
from shared.backends import folder_of_letters
from shared.messaging.turn import Turn
from shared.runtime.log import configure_log
from shared.runtime.settings import Settings

REFUSED = 2
BACKLOG = 1024


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run Open Door until a signal stops it; the exit code: 0, or 2 when something must be put right first."""
    configure_log()
    try:
        settings = read_settings(environ)
        configure_log(settings.log_level)
        turn = claim_folder(settings.data)
        listener = claim_port(settings.bind_host, settings.bind_port)
    except CannotStart as refused:
        return say_why(refused)
    # Everything is imported by now and this process opens nothing: its children share the code.
    gc.collect()
    gc.freeze()
    try:
        code, links = _in_a_child(settings)
    except KeyboardInterrupt:
        return 0
    if code:
        return code
    _run(settings, turn, listener, links)
    return 0


def say_why(refused: CannotStart) -> int:
    """Say what must be put right; the exit code for it."""
    for sentence in refused.sentences:
        click.echo(sentence, err=True)
    return REFUSED


def _in_a_child(settings: Settings) -> tuple[int, dict[str, str]]:
    # Databases are opened in children only, so that no connection is ever carried through a fork.
    reading, writing = os.pipe()

    def run() -> None:
        os.close(reading)
        try:
            links = prepare(settings)
        except CannotStart as refused:
            sys.exit(say_why(refused))
        with os.fdopen(writing, "w") as pipe:
            json.dump(links, pipe)

    child = fork(run)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    code = os.waitstatus_to_exitcode(status)
    return (code if code >= 0 else 1), json.loads(said or "{}")


def _run(settings: Settings, turn: Turn, listener: socket.socket, links: Mapping[str, str]) -> None:
    def serve() -> None:
        web.serve(listener, lambda: web.all_apps(settings))

    def work_for(name: str) -> None:
        listener.close()
        work(settings, name)

    children = [Child("web", serve)]
    children += [Child(f"{name} worker", lambda name=name: work_for(name)) for name in BUILDERS]  # type: ignore[misc]
    # From here on a request waits until it is answered, also while the web process is started again.
    listener.listen(BACKLOG)
    keep_alive(children, started=lambda: _welcome(settings, links))
    listener.close()
    turn.give_back()


def _welcome(settings: Settings, links: Mapping[str, str]) -> None:
    click.echo(f"Open Door is at {settings.public_url}   (Ctrl-C stops it; data in {settings.data})")
    if settings.data.stat().st_mode & 0o077:
        click.echo(f"Others on this machine may look into that folder: chmod 700 {settings.data} keeps them out.")
    if links:
        click.echo("To look around the demo exercise, sign in as:")
        for role, link in links.items():
            click.echo(f"  {role:<16} {link}")
    folder = folder_of_letters(settings)
    if folder is not None:
        click.echo(f"Letters to people are not sent; they lie in {folder.folder}")
    sys.stdout.flush()
