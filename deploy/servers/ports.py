"""Free ports of this machine, for servers that must be told theirs and are started again on the same.

They lie below the range from which the system takes the ports of outgoing connections: a client that knocks while the
server is down could otherwise be given the server's own port, and keep it from coming back.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

_LOWEST = 12_000
_held: dict[int, int] = {}


def free_ports(count: int) -> list[int]:
    """So many different ports of 127.0.0.1 that nobody uses. Until this process ends, no other is given them here."""
    found: list[int] = []
    highest = _first_outgoing() - 1
    for _ in range(10_000):
        port = random.randint(_LOWEST, highest)
        if port not in _held and _take(port):
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"No {count} free ports were found between {_LOWEST} and {highest}.")


def _first_outgoing() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32_768


def _take(port: int) -> bool:
    folder = Path(tempfile.gettempdir()) / f"opendoor-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    claim = os.open(folder / str(port), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", port))
    except OSError:
        os.close(claim)
        return False
    _held[port] = claim
    return True
