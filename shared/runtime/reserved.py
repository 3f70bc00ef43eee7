"""Where a process keeps its counts so that others can read them: a mapped file, written whole before it is mapped.

Of a page that the disk has no room for, a process learns by SIGBUS when it first writes there, and ends.
"""

from __future__ import annotations

import mmap
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from prometheus_client.mmap_dict import MmapedDict, _pack_integer, _unpack_integer

START_BYTES = 1 << 16
"""Room for about a hundred paths, as the library takes it."""
LOOK_AGAIN_SECONDS = 10.0
_HEAD = 8
"""Bytes before the first count; they say how many bytes are used."""


class ReservedFile(MmapedDict):
    """The library's dict of counts, without its way of taking room. Where the disk has none, it counts in memory, which
    nobody else reads, and looks again from time to time whether there is room for all of it. Not thread-safe."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        self._file = Path(filename)
        self._positions: dict[str, int] = {}
        self._shared = False
        self._look_again = 0.0
        before = self._file.read_bytes() if self._file.exists() else b""
        self._capacity = max(START_BYTES, len(before))
        self._m = mmap.mmap(-1, self._capacity)
        self._m[: len(before)] = before
        self._used = _unpack_integer(self._m, 0)[0] or _HEAD
        _pack_integer(self._m, 0, self._used)  # type: ignore[no-untyped-call]
        for key, _, _, position in self._read_all_values():  # type: ignore[no-untyped-call]
            self._positions[key] = position
        self._settle()

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Keep a count."""
        if not self._shared and time.monotonic() >= self._look_again:
            self._settle()
        super().write_value(key, value, timestamp)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Let go of the file."""
        if self._m is not None:
            self._m.close()
            self._m: Any = None

    def _init_value(self, key: str) -> None:
        # The longest a count can be: its key, padded, and what stands around it.
        needed = self._used + len(key.encode()) + 40
        if needed > self._capacity:
            while needed > self._capacity:
                self._capacity *= 2
            larger = mmap.mmap(-1, self._capacity)
            larger[: self._used] = self._m[: self._used]
            self._m.close()
            self._m, self._shared = larger, False
            self._settle()
        super()._init_value(key)  # type: ignore[no-untyped-call]

    def _settle(self) -> None:
        """Move from memory into the file. It is written whole aside and then named, so nobody reads a half of it."""
        aside = self._file.with_suffix(".unfinished")
        try:
            aside.write_bytes(self._m[:])
            with aside.open("r+b") as written:
                mapped = mmap.mmap(written.fileno(), self._capacity)
            os.replace(aside, self._file)
        except OSError:
            self._look_again = time.monotonic() + LOOK_AGAIN_SECONDS
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            return
        self._m.close()
        self._m, self._shared = mapped, True
