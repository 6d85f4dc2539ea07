"""Processor time of a process and all below it, from /proc; elsewhere unknown."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PARENT, FIRST_TIME, PAST_TIMES = (
    1,
    11,
    15,
)  # of what follows the name in /proc/PID/stat: ppid, utime to cstime


@dataclass(frozen=True)
class _Row:
    parent: int
    seconds: float


def cpu_seconds(pid: int) -> float | None:
    """User and system time so far of `pid`, its descendants and those that have ended; None without /proc."""
    if not (PROC / "self" / "stat").is_file():
        return None
    rows = dict(_rows())
    children = defaultdict(list)
    for child, row in rows.items():
        children[row.parent].append(child)
    total, left = 0.0, [pid]
    while left:
        one = left.pop()
        total += rows[one].seconds if one in rows else 0.0
        left += children[one]
    return total


def _rows() -> list[tuple[int, _Row]]:
    ticks = os.sysconf("SC_CLK_TCK")
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        spent = sum(int(field) for field in fields[FIRST_TIME:PAST_TIMES]) / ticks
        found.append((int(folder.name), _Row(int(fields[PARENT]), spent)))
    return found
