"""A chain that somebody with the superuser's login tampers with."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from clinics import access_log, tenancy
from clinics.access_log import System
from clinics.models import Clinic
from clinics.verify_log import FIRST_HASH
from moodvision import scratch

BY = System("test")


def write_entries(clinic: Clinic, count: int) -> None:
    with tenancy.enter(clinic.pk):
        for number in range(count):
            access_log.record("patients.listed", by=BY, page=str(number))


@contextmanager
def tampering(database: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """The owner, with the triggers and policies of the log switched off: what an attacker inside would do."""
    tables = (
        "clinics_accesslogentry", "clinics_platformlogentry", "clinics_anchormemory", "clinics_spoolmemory",
    )  # fmt: skip
    with scratch.owner_connection(database) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY".encode())
        yield owner
        for table in tables:
            owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY".encode())
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def rebuild(owner: "psycopg.Connection[tuple[Any, ...]]", clinic: Clinic, change: dict[int, str]) -> None:
    """Replaces the actors of rows and makes every hash and projection of the chain fit again."""
    rows = owner.execute(
        "SELECT number, canonical FROM clinics_accesslogentry WHERE clinic_id = %s ORDER BY number",
        [clinic.pk],
    ).fetchall()
    previous = FIRST_HASH
    for number, canonical in rows:
        entry = json.loads(canonical) | {"previous": previous}
        entry["actor"] = change.get(number, entry["actor"])
        text = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        owner.execute(
            "UPDATE clinics_accesslogentry"
            " SET canonical = %s, actor = %s, previous_hash = %s, entry_hash = %s"
            " WHERE clinic_id = %s AND number = %s",
            [text, entry["actor"], previous, digest, clinic.pk, number],
        )
        previous = digest


def offline(file: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """As somebody runs it who has the file and nothing of ours but this module."""
    command = [sys.executable, "-m", "clinics.verify_log", str(file), *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, env={})
