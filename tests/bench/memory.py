"""(g) The memory of each process of the tree, as its share of what is shared (PSS)."""

from __future__ import annotations

from pathlib import Path


def of_tree(root: int) -> dict[str, float]:
    """PSS in MB of the process `root` and of all that came from it."""
    found: dict[str, float] = {}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        found[f"process {len(found) + 1}"] = kilobytes / 1024
        waiting.extend(map(int, children))
    return found


def told(found: dict[str, float]) -> str:
    """In words."""
    each = ", ".join(f"{size:.0f}" for size in found.values())
    return f"{sum(found.values()):.0f} MB in {len(found)} processes ({each})"
