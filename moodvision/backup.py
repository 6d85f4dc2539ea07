"""Dumps without the keys, the keys apart, and the list of erased ids beside them (decision 15).

An ordinary dump lives for weeks, the key table's for days. So a key that was dropped is soon in no backup at
all, and what it sealed cannot be read in any dump, however old. What was never sealed comes back with an
older dump: whoever restores one replays the list of erased ids, and `restore` does.
"""

import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from clinics import tenancy
from clinics.models import Clinic
from moodvision import scratch
from moodvision.embedded import addresses, roles
from moodvision.embedded.installation import installation
from patients import services as patient_services
from patients.models import Erasure

KEY_TABLE = "clinics_datakey"
DUMP, KEYS, ERASED = "moodvision-{stamp}.dump", "keys-{stamp}.dump", "erased-{stamp}.jsonl"
DAY = 24 * 3600
REPLAYED = """
SELECT clinic_id, patient_id, extent, kept_until, requested_by, requested_at
FROM patients_erasure WHERE state = 'finished' ORDER BY finished_at
"""


class BackupError(Exception):
    """One line for the operator."""


@dataclass(frozen=True)
class Backup:
    """The three files of one backup."""

    dump: Path
    keys: Path
    erased: Path


def write(folder: Path, keys_folder: Path) -> Backup:
    """A dump into one folder, the keys and the list of erased ids into another; files past their days go."""
    if folder.resolve() == keys_folder.resolve():
        raise BackupError("The keys must lie in another folder than the dump, and in another place.")
    for place in (folder, keys_folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    made = Backup(
        folder / DUMP.format(stamp=stamp),
        keys_folder / KEYS.format(stamp=stamp),
        keys_folder / ERASED.format(stamp=stamp),
    )
    _dump(made.dump, f"--exclude-table-data=public.{KEY_TABLE}")
    _dump(made.keys, "--data-only", f"--table=public.{KEY_TABLE}")
    _write_list(made.erased)
    _drop_older(folder, "moodvision-*.dump", settings.DUMP_DAYS)
    _drop_older(keys_folder, "keys-*.dump", settings.KEY_BACKUP_DAYS)
    _drop_older(keys_folder, "erased-*.jsonl", settings.KEY_BACKUP_DAYS)
    return made


def restore(backup: Backup, database: str) -> int:
    """Makes a database of a dump and of keys that may be younger, and erases again what the list says.

    The number of replayed erasures. The database must not exist yet: nothing is ever overwritten.
    """
    with scratch.owner_connection() as owner:
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            raise BackupError(f"There is a database {database} already. Nothing was restored.")
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    restore_rows(backup, database)
    with scratch.pointed_at(database, "default", "owner"):
        return replay(backup.erased)


def restore_rows(backup: Backup, database: str) -> None:
    """Policies and triggers come last: they would hold up the rows."""
    with scratch.owner_connection(database) as owner:
        owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        roles.shut_doors(owner)
    _restore(database, backup.dump, "--section=pre-data")
    _restore(database, backup.dump, "--section=data")
    _restore(database, backup.keys, "--data-only")
    _restore(database, backup.dump, "--section=post-data")


def replay(erased: Path) -> int:
    """Erases again, in the database this process is pointed at, everybody on the list."""
    replayed = 0
    for entry in _read_list(erased):
        clinic = Clinic.objects.filter(pk=entry["clinic_id"]).first()
        if clinic is not None:
            replayed += _erase_again(clinic, entry)
    return replayed


def _erase_again(clinic: Clinic, entry: dict[str, Any]) -> int:
    patient_id = uuid.UUID(entry["patient_id"])
    with tenancy.enter(clinic.pk), transaction.atomic():
        mine = Erasure.objects.filter(patient_id=patient_id)
        if mine.filter(state=Erasure.State.FINISHED, extent=entry["extent"]).exists():
            return 0  # the dump is younger than this erasure
        mine.exclude(state=Erasure.State.FINISHED).delete()
        wish = Erasure.objects.create(
            clinic=clinic,
            patient_id=patient_id,
            extent=entry["extent"],
            kept_until=entry["kept_until"],
            requested_by=entry["requested_by"],
            requested_at=entry["requested_at"],
            state=Erasure.State.RUNNING,
            due_at=timezone.now(),
        )
    patient_services.run_erasure(clinic=clinic, erasure_id=wish.pk, is_replay=True)
    return 1


def _write_list(target: Path) -> None:
    with psycopg.connect(address(), row_factory=dict_row) as connection, target.open("x") as lines:
        target.chmod(0o600)
        for row in connection.execute(REPLAYED):
            lines.write(json.dumps(row, default=str) + "\n")


def _read_list(erased: Path) -> Iterator[dict[str, Any]]:
    for line in erased.read_text().splitlines():
        yield json.loads(line)


def _dump(target: Path, *options: str) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", *options, f"--file={target}", f"--dbname={address()}")
    target.chmod(0o600)


def _restore(database: str, source: Path, *options: str) -> None:
    owner = scratch.database_address("owner", dbname=database)
    _run("pg_restore", "--no-owner", "--exit-on-error", *options, f"--dbname={owner}", str(source))


def address() -> str:
    """Where the backup role signs in to the database this process is pointed at."""
    name = connections["default"].settings_dict["NAME"]
    url = settings.DATABASE_BACKUP_URL
    if not url and not settings.USES_EMBEDDED_POSTGRES:
        raise BackupError("Set DATABASE_BACKUP_URL to the login of the backup role.")
    url = url or addresses.database_url(settings.VAR_DIR, "backup")
    return make_conninfo(**{**conninfo_to_dict(url), "dbname": name})


def _run(name: str, *arguments: str) -> None:
    ended = subprocess.run(  # noqa: S603  our own command
        [_program(name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TZ": "UTC"},
    )
    if ended.returncode:
        first = (ended.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupError(f"{name} failed: {first}")


def _program(name: str) -> str:
    if settings.USES_EMBEDDED_POSTGRES or not shutil.which(name):
        return str(installation().programs / name)
    return str(shutil.which(name))


def _drop_older(folder: Path, pattern: str, days: int) -> None:
    limit = time.time() - days * DAY
    for file in folder.glob(pattern):
        if file.stat().st_mtime < limit:
            file.unlink()
