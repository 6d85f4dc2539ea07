"""Test databases: one migrated template, and cheap copies of it for tests that must commit."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from moodvision.embedded import roles


def owner_connection(database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
    """A connection of the owner's login, outside Django."""
    parameters = connections["owner"].get_connection_params()
    parameters = {key: parameters[key] for key in ("host", "port", "user", "password") if parameters.get(key)}
    return psycopg.connect(**parameters, dbname=database, autocommit=True)


def create(name: str, template: str | None = None) -> None:
    with owner_connection() as connection:
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)


def drop(name: str) -> None:
    with owner_connection() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def unique_name(purpose: str) -> str:
    return f"test_{purpose}_{os.getpid()}_{uuid.uuid4().hex[:8]}"


def make_template() -> str:
    """A database with today's schema, made by the owner as `migrate` would make it."""
    name = unique_name("template")
    create(name)
    with owner_connection(name) as connection:
        roles.prepare_database(connection)
    with _pointed_at(name, "owner"):
        call_command("migrate", verbosity=0)
    return name


@contextmanager
def copy_of(template: str) -> Iterator[str]:
    """A database of its own whose transactions really commit."""
    name = unique_name("copy")
    create(name, template)
    try:
        with _pointed_at(name, "default", "owner"):
            yield name
    finally:
        drop(name)


@contextmanager
def _pointed_at(name: str, *aliases: str) -> Iterator[None]:
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
