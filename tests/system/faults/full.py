"""Two ways to have no room left: a small file system that really is full, and a limit on the length of every file.

The first is the real thing, and needs the right to mount (root, and a container that was given CAP_SYS_ADMIN). The
second needs no right and holds for root as for anybody else; only mapped files do not feel it.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.acceptance.product import Product, descendants

SMALL = 64 * 1024 * 1024
"""Bytes of the small file system: what a new installation takes, some visits with photos, and a backlog."""
LONGEST = 400_000
"""Bytes of the longest file under the limit."""
_CAP_SYS_ADMIN = 21


def may_mount() -> bool:
    """Whether this process has the right to mount."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_SYS_ADMIN & 1)
    return False


@contextmanager
def small_file_system(folder: Path) -> Iterator[Path]:
    """A file system of `SMALL` bytes, mounted at a new folder."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "opendoor-test", str(folder)], check=True)
    try:
        yield folder
    finally:
        # Lazily: a process that was just killed may hold a file of it for a moment longer.
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """The file system of `folder` has not a byte left when the block begins, and room again after it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(b"\0" * piece):
                    pass
    assert os.statvfs(folder).f_bavail == 0
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def short_files(product: Product) -> Iterator[None]:
    """No file of the product may grow beyond `LONGEST` in this block, whichever of its processes writes it."""
    _limit_files(product, LONGEST)
    try:
        yield
    finally:
        _limit_files(product, resource.RLIM_INFINITY)


def _limit_files(product: Product, size: int) -> None:
    assert product.process is not None
    for pid in (product.process.pid, *descendants(product.process.pid)):
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
