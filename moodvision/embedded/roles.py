"""The three login roles and what each may do: of the embedded server and of any other (decision 1).

`python -m moodvision.embedded.roles` prints the SQL. With ADMIN_URL (a superuser's) and --apply it runs it
and sets passwords from MOODVISION_OWNER_PASSWORD, MOODVISION_RUNTIME_PASSWORD and MOODVISION_BACKUP_PASSWORD.
Run it before the first `migrate`: tables made earlier get no privileges from it. Running it again is safe.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from moodvision.embedded.addresses import DATABASE, ROLES

OWNER, RUNTIME, BACKUP = ROLES["owner"], ROLES["runtime"], ROLES["backup"]
_NO_POWER = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION"
ATTRIBUTES = {
    OWNER: f"{_NO_POWER} CREATEDB NOBYPASSRLS",
    RUNTIME: f"{_NO_POWER} NOCREATEDB NOBYPASSRLS",
    BACKUP: f"{_NO_POWER} NOCREATEDB BYPASSRLS",
}


def role_statements() -> list[str]:
    """For the whole server."""
    made = [
        f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        for role in ATTRIBUTES
    ]
    return [
        *made,
        *(f"ALTER ROLE {role} {attributes}" for role, attributes in ATTRIBUTES.items()),
        f"ALTER ROLE {BACKUP} SET default_transaction_read_only = on",
    ]


def database_statements(name: str = DATABASE) -> list[str]:
    """Inside one database, by its owner: what tables made later by the owner allow the others.

    No grant names an existing table, so a migration's REVOKE (the access log's) outlives a second run.
    """
    future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT"
    database = sql.Identifier(name).as_string()
    return [
        *_doors(database),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {RUNTIME}, {BACKUP}",
        f"{future} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {RUNTIME}",
        f"{future} USAGE ON SEQUENCES TO {RUNTIME}",
        f"{future} SELECT ON TABLES TO {BACKUP}",
        f"{future} SELECT ON SEQUENCES TO {BACKUP}",
    ]


def _doors(database: str) -> list[str]:
    """Who may connect. Nobody else, and nobody makes temporary tables, as all may by default."""
    return [
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {RUNTIME}, {BACKUP}",
    ]


def shut_doors(connection: psycopg.Connection[Any]) -> None:
    """For a copy by TEMPLATE or from a dump: both bring all but the privileges of the database itself."""
    for statement in _doors(sql.Identifier(connection.info.dbname).as_string()):
        connection.execute(statement.encode())


def prepare_database(connection: psycopg.Connection[Any]) -> None:
    """For a new database, connected to it as its owner or a superuser."""
    for statement in database_statements(connection.info.dbname):
        connection.execute(statement.encode())


def apply(admin_url: str, database: str = DATABASE, passwords: Mapping[str, str] | None = None) -> None:
    """Roles, database and privileges on the server where `admin_url` signs in as a superuser."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for statement in role_statements():
            connection.execute(statement.encode())
        for role, password in (passwords or {}).items():
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8'").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )
    with psycopg.connect(admin_url, dbname=database) as connection:
        prepare_database(connection)


def script(database: str = DATABASE) -> str:
    """The same as text for psql, for those who run it by hand."""
    name = sql.Identifier(database).as_string()
    create = f"CREATE DATABASE {name} OWNER {OWNER} ENCODING 'UTF8'"
    lines = [*role_statements(), create, f"\\connect {name}", *database_statements(database)]
    return "".join(f"{line}\n" if line.startswith("\\") else f"{line};\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m moodvision.embedded.roles", description=__doc__)
    parser.add_argument("admin_url", nargs="?", help="where a superuser signs in")
    parser.add_argument("--database", default=DATABASE)
    parser.add_argument("--apply", action="store_true", help="run the SQL instead of printing it")
    options = parser.parse_args()
    if not options.apply:
        sys.stdout.write(script(options.database))
        return 0
    if not options.admin_url:
        parser.error("--apply needs ADMIN_URL")
    given = {role: os.environ.get(f"MOODVISION_{name.upper()}_PASSWORD", "") for name, role in ROLES.items()}
    try:
        apply(options.admin_url, options.database, {role: word for role, word in given.items() if word})
    except psycopg.Error as error:
        sys.stderr.write(f"Roles not applied: {str(error).splitlines()[0]}\n")
        return 1
    sys.stdout.write(f"Roles {OWNER}, {RUNTIME}, {BACKUP} and the database {options.database} are ready.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
