"""Databases that live as long as a block: for the demonstration and for tests."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from moodvision.embedded import roles

DROP_ATTEMPTS = 20
DROP_PAUSE_SECONDS = 0.5
LOGIN = ("host", "port", "user", "password")


def database_environment() -> dict[str, str]:
    """What a child process needs to meet the databases this process is pointed at."""
    return {"DATABASE_URL": database_address("default"), "DATABASE_OWNER_URL": database_address("owner")}


def create(purpose: str, *, template: str | None = None) -> str:
    """A new database by the owner's login; its name."""
    name = f"moodvision_{purpose}_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with owner_connection() as connection:
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)
    with owner_connection(name) as connection:
        if template:
            roles.shut_doors(connection)
        else:
            roles.prepare_database(connection)
    return name


def drop(name: str) -> None:
    """Again after a moment where the server's own cleaning, which nobody else may stop, is at work in it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _attempt in range(DROP_ATTEMPTS):
        try:
            with owner_connection() as connection:
                connection.execute(statement)
            return
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(DROP_PAUSE_SECONDS)
    raise TimeoutError(f"the database {name} stays in use")


@contextmanager
def migrated_database(purpose: str) -> Iterator[str]:
    """A database of its own with today's schema, that this process is pointed at until the block is left."""
    template = settings.SCRATCH_TEMPLATE or None
    name = create(purpose, template=template)
    try:
        with pointed_at(name, "default", "owner"):
            if template is None:
                call_command("migrate", verbosity=0)
            yield name
    finally:
        drop(name)


@contextmanager
def copy_of(template: str) -> Iterator[str]:
    """A copy of a migrated database, that this process is pointed at until the block is left."""
    name = create("copy", template=template)
    try:
        with pointed_at(name, "default", "owner"):
            yield name
    finally:
        drop(name)


@contextmanager
def pointed_at(name: str, *aliases: str) -> Iterator[None]:
    before = {alias: connections[alias].settings_dict["NAME"] for alias in aliases}
    for alias in aliases:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        for alias in aliases:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = before[alias]


def owner_connection(database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
    """The owner's login outside Django, where CREATE DATABASE is allowed."""
    return psycopg.connect(database_address("owner", dbname=database), autocommit=True)


def database_address(alias: str, **overrides: str) -> str:
    parameters = connections[alias].get_connection_params()
    login = {key: parameters[key] for key in (*LOGIN, "dbname") if parameters.get(key)}
    return make_conninfo(**{**login, **overrides})
