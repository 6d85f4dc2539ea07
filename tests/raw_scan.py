"""Looks for planted texts in everything that is stored or written: as they are, in hex and in base64."""

import base64
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from redis import Redis

from moodvision import backup
from moodvision.embedded import addresses

TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'v') AND c.relnamespace = 'public'::regnamespace
  AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY 1 ORDER BY 1
"""

LEAST = 8
"""A shorter piece of base64 is met by chance."""


def forms(planted: str) -> tuple[bytes, ...]:
    """Base64 at each of its three alignments, without the ends that depend on the neighbours."""
    raw = planted.encode()
    shifted = [base64.b64encode(b"\0" * skip + raw)[(skip and 4) : -4] for skip in range(3)]
    return raw.lower(), raw.hex().encode(), *(text.lower() for text in shifted if len(text) >= LEAST)


def found_in(data: bytes, planted: list[str]) -> list[str]:
    """Which of the planted texts these bytes hold, whatever their case."""
    data = data.lower()
    return [text for text in planted if any(form in data for form in forms(text))]


def in_columns(planted: list[str]) -> list[str]:
    """Every column of every table, as the backup role sees it: above all policies."""
    leaks = []
    with psycopg.connect(backup.address()) as connection:
        tables = connection.execute(TABLES).fetchall()
        assert len(tables) > 20
        for table, columns in tables:
            for column in columns:
                statement = sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), sql.Identifier(table))
                values = (row[0] for row in connection.execute(statement))
                data = b"\n".join(_bytes(value) for value in values if value is not None)
                leaks += [f"{text} in {table}.{column}" for text in found_in(data, planted)]
    return leaks


def in_dump(file: Path, planted: list[str]) -> list[str]:
    """A dump as a file, and as the plain SQL it stands for."""
    plain = subprocess.run(
        [backup._program("pg_restore"), "-f", "-", str(file)], capture_output=True, check=True
    ).stdout
    assert b"COPY public." in plain
    return [f"{text} in {file.name}" for text in found_in(file.read_bytes() + b"\n" + plain, planted)]


def in_redis(planted: list[str]) -> list[str]:
    """Every key of the databases in use, whatever its kind."""
    leaks = []
    with Redis.from_url(settings.REDIS_URL or addresses.redis_url(settings.VAR_DIR)) as redis:
        for key in redis.scan_iter():
            data = key + b"\n" + _redis_value(redis, key)
            leaks += [f"{text} in Redis {key!r}" for text in found_in(data, planted)]
    return leaks


def _redis_value(redis: Any, key: bytes) -> bytes:
    kind = redis.type(key).decode()
    read = {
        "string": lambda: redis.get(key),
        "list": lambda: redis.lrange(key, 0, -1),
        "hash": lambda: redis.hgetall(key),
        "set": lambda: redis.smembers(key),
        "zset": lambda: redis.zrange(key, 0, -1),
        "stream": lambda: redis.xrange(key),
    }
    return _bytes(read[kind]()) if kind in read else b""


def in_files(files: list[Path], planted: list[str]) -> list[str]:
    return [f"{text} in {file.name}" for file in files for text in found_in(file.read_bytes(), planted)]


def _bytes(value: Any) -> bytes:
    if isinstance(value, memoryview | bytes):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        return b"\n".join(_bytes(item) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple | set):
        return b"\n".join(_bytes(item) for item in value)
    return str(value).encode()
