"""A turn that only one process can have, freed by the kernel when its holder dies, even by `kill -9`."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Turn:
    """An advisory lock on a file. The file stays; only the lock on it means something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._taken_by = 0

    def take(self) -> bool:
        """Have the turn from now on; False when somebody else has it. Asking again while having it is fine."""
        if self._handle is not None and self._taken_by == os.getpid():
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle, self._taken_by = handle, os.getpid()
        return True

    def give_back(self) -> None:
        """Let somebody else have it. Harmless when we do not have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> bool:
        """`with turn as mine:` takes it for the block; `mine` says whether that worked."""
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn back."""
        self.give_back()
