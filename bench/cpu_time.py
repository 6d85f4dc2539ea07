"""Processor time of a process and all below it, from /proc; elsewhere unknown."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from django.db import connection

PROC = Path("/proc")
PARENT, FIRST_TIME, PAST_TIMES = (
    1,
    11,
    15,
)  # of what follows the name in /proc/PID/stat: ppid, utime to cstime


@dataclass(frozen=True)
class Used:
    """Processor seconds of this process, and of the database's process that serves it (None: not seen)."""

    python: float
    database: float | None

    def since(self, before: "Used") -> dict[str, float | None]:
        database = None
        if self.database is not None and before.database is not None:
            database = round(self.database - before.database, 2)
        return {"python": round(self.python - before.python, 2), "database": database}


def used() -> Used:
    """So far, on the connection that is open now: neighbours stretch the wall clock, hardly this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    name = PROC / str(backend) / "comm"
    is_here = name.is_file() and name.read_text().startswith("postgres")
    return Used(process_time(), cpu_seconds(backend) if is_here else None)


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
