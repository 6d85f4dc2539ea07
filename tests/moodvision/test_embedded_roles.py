"""What the three login roles may do, on the real server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from moodvision.embedded import addresses, hold, roles
from tests.moodvision.embedded_var import ROOT, temporary_var

pytestmark = pytest.mark.processes

CLOSED_TABLE = """
CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY, text text);
INSERT INTO note (text) VALUES ('one'), ('two');
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON note USING (text = current_setting('app.text', true));
"""


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with temporary_var(tmp_path_factory.mktemp("roles")) as folder, hold(folder, redis=False):
        with connect(folder, "owner") as connection:
            connection.execute(CLOSED_TABLE)
        yield folder


def connect(var_dir: Path, role: str, name: str = "moodvision") -> psycopg.Connection[Any]:
    return psycopg.connect(addresses.database_url(var_dir, role, name), autocommit=True)


def count(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM note").fetchone()
    assert row
    return int(row[0])


def test_runtime_reads_and_writes_under_the_policy_alone(var_dir: Path) -> None:
    with connect(var_dir, "runtime") as connection:
        assert count(connection) == 0
        connection.execute("SET app.text = 'one'")
        assert count(connection) == 1
        connection.execute("INSERT INTO note (text) VALUES ('one')")
        assert connection.execute("DELETE FROM note WHERE id > 2").rowcount == 1
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("INSERT INTO note (text) VALUES ('two')")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE note",
        "CREATE TABLE mine (n int)",
        "CREATE TEMP TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
        "ALTER ROLE moodvision_runtime BYPASSRLS",
        "SET ROLE moodvision_owner",
        "SET session_replication_role = replica",
        "DROP TABLE note",
    ],
)
def test_runtime_is_refused(var_dir: Path, statement: str) -> None:
    with connect(var_dir, "runtime") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_runtime_cannot_switch_the_policies_off(var_dir: Path) -> None:
    with connect(var_dir, "runtime") as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(errors.InsufficientPrivilege):
            count(connection)


def test_owner_is_bound_by_the_policies_too(var_dir: Path) -> None:
    with connect(var_dir, "owner") as connection:
        assert count(connection) == 0


def test_backup_reads_everything_and_writes_nothing(var_dir: Path) -> None:
    with connect(var_dir, "backup") as connection:
        assert count(connection) == 2
        with pytest.raises(errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM note")
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("DELETE FROM note")


def test_copies_and_new_databases_have_the_same_privileges(var_dir: Path) -> None:
    with connect(var_dir, "owner") as connection:
        connection.execute("CREATE DATABASE fresh")
    with connect(var_dir, "owner", "fresh") as connection:
        roles.prepare_database(connection)
        connection.execute(CLOSED_TABLE)
    with connect(var_dir, "owner") as connection:
        connection.execute("CREATE DATABASE copy TEMPLATE fresh")
    with connect(var_dir, "owner", "copy") as connection:
        connection.execute("CREATE TABLE later (n int)")
    with connect(var_dir, "runtime", "copy") as connection:
        assert count(connection) == 0
        connection.execute("INSERT INTO later VALUES (1)")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("TRUNCATE later")


def test_a_second_run_keeps_what_a_migration_revoked(var_dir: Path) -> None:
    with connect(var_dir, "owner") as connection:
        connection.execute("CREATE TABLE entry (n int)")
        connection.execute("REVOKE UPDATE, DELETE ON entry FROM moodvision_runtime")
    roles.apply(addresses.database_url(var_dir, "postgres", "postgres"))
    with connect(var_dir, "runtime") as connection:
        connection.execute("INSERT INTO entry VALUES (1)")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("DELETE FROM entry")


def run_roles(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "moodvision.embedded.roles", *arguments],
        cwd=ROOT,
        env=os.environ | {"MOODVISION_RUNTIME_PASSWORD": "a'b"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_server_is_prepared_by_the_same_command(var_dir: Path) -> None:
    admin = addresses.database_url(var_dir, "postgres", "postgres")
    applied = run_roles(admin, "--database", "Else where", "--apply")
    assert (applied.returncode, applied.stderr) == (0, "")
    with connect(var_dir, "postgres", "Else where") as connection:
        hashed = connection.execute(
            "SELECT rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = 'moodvision_runtime'"
        ).fetchone()
    assert hashed == (True,)


def test_the_command_prints_and_refuses_in_one_line(var_dir: Path) -> None:
    assert "ALTER ROLE moodvision_backup" in run_roles().stdout
    refused = run_roles(addresses.database_url(var_dir, "runtime"), "--apply")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Roles not applied:")
    assert refused.stderr.count("\n") == 1
