"""What differs when root starts MoodVision. For an ordinary user the other files say it all."""

import os
import pwd
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from moodvision.embedded import EmbeddedError, addresses, hold, stop_now
from tests.moodvision.embedded_var import ROOT, Command, server_pids, temporary_var, wait_until

pytestmark = pytest.mark.processes
__test__ = os.geteuid() == 0
NOBODY = 65534


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with temporary_var(tmp_path_factory.mktemp("root")) as folder:
        yield folder


def as_ordinary_user() -> tuple[str, ...]:
    """A prefix that runs a command without root's name and rights.

    Where the interpreter lies in root's own home, nobody could not even read it: the command keeps the one
    right to pass over file permissions. What PostgreSQL and we decide by (the user id) is the same.
    """
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    needed = [Path(sys.executable).resolve(), Path(sys.prefix), ROOT / "moodvision"]
    if all(folder.stat().st_mode & 0o005 == 0o005 for path in needed for folder in (path, *path.parents)):
        return prefix
    return (*prefix, "--inh-caps=+dac_override", "--ambient-caps=+dac_override")


def test_postgres_runs_as_its_own_user_outside_of_var(var_dir: Path) -> None:
    with hold(var_dir, redis=False):
        owner = Path(f"/proc/{server_pids(var_dir)['postgres']}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == "moodvision-pg"
        data = addresses.postgres_folder(var_dir) / "data"
        assert data.is_relative_to("/var/lib/moodvision")
        assert data.stat().st_mode & 0o777 == 0o700


def test_an_ordinary_user_needs_nothing_outside_of_var(tmp_path: Path) -> None:
    var_dir = tmp_path / "home" / "var"
    for folder in (tmp_path / "home", var_dir):
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)
    opened = [folder for folder in tmp_path.parents if folder.stat().st_uid == 0 and len(folder.parts) > 2]
    modes = [folder.stat().st_mode for folder in opened]
    command = Command(var_dir, prefix=as_ordinary_user())
    command.wait_until_held()
    try:
        pids = list(server_pids(var_dir).values())
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in pids} == {NOBODY}
        assert (var_dir / "embedded" / "postgres" / "data" / "PG_VERSION").exists()
        assert (var_dir / "embedded" / "postgres").stat().st_mode & 0o777 == 0o700
        assert [folder.stat().st_mode for folder in opened] == modes
    finally:
        command.kill()
        shutil.rmtree(f"/tmp/moodvision-{NOBODY}-{addresses.short_name(var_dir)}", ignore_errors=True)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_a_new_var_folder_does_not_meet_the_old_data(var_dir: Path) -> None:
    with hold(var_dir, redis=False), psycopg.connect(addresses.database_url(var_dir, "owner")) as connection:
        connection.execute("CREATE TABLE old (n int)")
    stop_now(var_dir)
    shutil.rmtree(var_dir)
    with hold(var_dir, redis=False), psycopg.connect(addresses.database_url(var_dir, "owner")) as connection:
        assert connection.execute("SELECT to_regclass('old')").fetchone() == (None,)
    assert len(list(addresses.postgres_folder(var_dir).glob("data.left-*"))) == 1


def test_a_moved_var_folder_says_where_its_data_is(var_dir: Path, tmp_path: Path) -> None:
    with hold(var_dir, redis=False):
        stop_now(var_dir)
    moved = tmp_path / "moved"
    moved.mkdir()
    var_dir.rename(moved / "var")
    with (
        temporary_var(moved),
        pytest.raises(EmbeddedError, match="put it there, or remove"),
        hold(moved / "var"),
    ):
        pass
