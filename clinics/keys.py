"""Data keys: who seals what, wrapping, unwrapping, dropping.

`FIELD_ENCRYPTION_KEY` wraps a clinic's keys, the clinic's key wraps its patients', a patient's wraps its
images'. A key is fetched in a query inside the clinic, so row-level security guards it like any other row.
"""

import os
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.db.models import Q
from encrypted_model_fields.fields import get_crypter

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from clinics.models import DataKey

KEY_BYTES = 32
NONCE_BYTES = 12
CACHE_SECONDS = 60
CACHE_SIZE = 10_000


class Tampered(Exception):
    """A ciphertext that was altered, or stands in a row that is not its own."""


class Shredded(Exception):
    """The key of this value was dropped: it can never be read again."""


class WrongWrappingKey(Exception):
    """FIELD_ENCRYPTION_KEY does not open this database."""


@dataclass(frozen=True)
class KeyName:
    """Which key: its clinic, its scope and the row it belongs to."""

    clinic_id: uuid.UUID
    scope: str
    subject: uuid.UUID

    @classmethod
    def of_clinic(cls, clinic_id: uuid.UUID) -> "KeyName":
        return cls(clinic_id, "clinic", clinic_id)

    @classmethod
    def of_index(cls, clinic_id: uuid.UUID) -> "KeyName":
        return cls(clinic_id, "index", clinic_id)

    @classmethod
    def of_patient(cls, clinic_id: uuid.UUID, patient_id: uuid.UUID) -> "KeyName":
        return cls(clinic_id, "patient", patient_id)

    @classmethod
    def of_image(cls, clinic_id: uuid.UUID, capture_id: uuid.UUID) -> "KeyName":
        return cls(clinic_id, "image", capture_id)

    def __str__(self) -> str:
        return f"{self.clinic_id}|{self.scope}|{self.subject}"


@dataclass(frozen=True)
class OpenKey:
    version: int
    secret: bytes


_cache: dict[KeyName, tuple[float, dict[int, bytes]]] = {}


def create(name: KeyName, *, under: KeyName | None = None, version: int = 1) -> OpenKey:
    """Makes a version of a key, wrapped by `under` or, without it, by FIELD_ENCRYPTION_KEY."""
    from clinics.models import DataKey

    secret = os.urandom(KEY_BYTES)
    if under is None:
        row = DataKey(wrapped=get_crypter().encrypt(secret))
    else:
        parent = current(under)
        row = DataKey(
            parent_scope=under.scope,
            parent_subject=under.subject,
            parent_version=parent.version,
            wrapped=seal(parent.secret, secret, f"key|{name}|{version}"),
        )
    row.clinic_id, row.scope, row.subject = name.clinic_id, name.scope, name.subject
    row.version = version
    row.save(force_insert=True)
    _uncommitted().add(name)
    transaction.on_commit(lambda: _uncommitted().discard(name))
    return OpenKey(version, secret)


NEWEST = """
SELECT * FROM clinics_datakey WHERE clinic_id = %s AND scope = %s AND subject = %s
ORDER BY version DESC LIMIT 1 FOR KEY SHARE
"""


def current(name: KeyName) -> OpenKey:
    """The newest version of a key: the one that writes.

    Its row is held to the end of the transaction, so that a rotation which would remove the version waits
    until what is sealed under it can be seen.
    """
    from clinics.models import DataKey

    row = next(iter(DataKey.objects.raw(NEWEST, [name.clinic_id, name.scope, name.subject])), None)
    if row is None:
        raise Shredded(f"no key {name}")
    return OpenKey(row.version, _open(row))


def get(name: KeyName, version: int) -> bytes:
    """One version of a key, from this process' cache of at most a minute or from the database."""
    held = _held(name)
    if version in held:
        return held[version]
    row = _row(name, version)
    try:
        return _open(row)
    except Shredded:  # its parent's version was removed since the row was read: then it is wrapped anew
        again = _row(name, version)
        if again.parent_version == row.parent_version:
            raise
        return _open(again)


def add_version(name: KeyName, *, unless_newer_than: datetime | None = None) -> OpenKey:
    """Makes the next version of a key, under the newest version of its parent. From its commit on it writes.

    With `unless_newer_than` a version made since then is kept: a rotation that goes on where it was.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"key:{name}"])
    newest = _rows([name]).order_by("-version").first()
    if newest is None:
        raise Shredded(f"no key {name}")
    if unless_newer_than is not None and newest.created_at >= unless_newer_than:
        return OpenKey(newest.version, _open(newest))
    parent = _parent_of(newest)
    return create(name, under=parent, version=newest.version + 1)


def preload(names: Iterable[KeyName]) -> None:
    """Fetches the keys of a whole page in one query; what is missing is found missing when it is read."""
    wanted = [name for name in set(names) if not _held(name)]
    for row in _rows(wanted) if wanted else ():
        _open(row)


def move(name: KeyName, *, under: KeyName) -> None:
    """Wraps every version of a key by another parent; what it sealed stays as it is."""
    parent = current(under)
    for row in _rows([name]):
        secret = _open(row)
        row.parent_scope, row.parent_subject, row.parent_version = under.scope, under.subject, parent.version
        row.wrapped = seal(parent.secret, secret, f"key|{name}|{row.version}")
        row.save(update_fields=["parent_scope", "parent_subject", "parent_version", "wrapped"])


def drop(name: KeyName) -> int:
    """Shreds: deletes every version of a key, and forgets it here."""
    deleted, _ = _rows([name]).delete()
    forget(name)
    return deleted


def forget(name: KeyName | None = None) -> None:
    """Empties this process' cache, of one key or of all."""
    if name is None:
        _cache.clear()
    else:
        _cache.pop(name, None)


def seal(secret: bytes, plain: bytes, associated: str) -> bytes:
    """AES-256-GCM: nonce (12 bytes) and ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, plain, associated.encode())


def unseal(secret: bytes, sealed: bytes, associated: str) -> bytes:
    """The plain bytes, or Tampered."""
    try:
        return AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated.encode())
    except (InvalidTag, ValueError):
        raise Tampered(associated) from None


def _rows(names: Iterable[KeyName]) -> "QuerySet[DataKey]":
    from clinics.models import DataKey

    condition = Q(pk=None)
    for name in names:
        condition |= Q(clinic_id=name.clinic_id, scope=name.scope, subject=name.subject)
    return DataKey.objects.filter(condition)


def _row(name: KeyName, version: int) -> "DataKey":
    row = _rows([name]).filter(version=version).first()
    if row is None:
        forget(name)
        raise Shredded(f"no key {name} version {version}")
    return row


def _parent_of(row: "DataKey") -> KeyName | None:
    if row.parent_subject is None:
        return None
    return KeyName(row.clinic_id, row.parent_scope, row.parent_subject)


def open_row(row: "DataKey") -> bytes:
    """The secret of a loaded row."""
    return _open(row)


def _open(row: "DataKey") -> bytes:
    name = KeyName(row.clinic_id, row.scope, row.subject)
    parent = _parent_of(row)
    since = time.monotonic()
    if parent is not None and row.parent_version is not None:
        secret = unseal(get(parent, row.parent_version), bytes(row.wrapped), f"key|{name}|{row.version}")
        since = _cache[parent][0] if _held(parent) else since
    else:
        try:
            secret = get_crypter().decrypt(bytes(row.wrapped))
        except InvalidToken:
            raise WrongWrappingKey(f"FIELD_ENCRYPTION_KEY does not open key {name}") from None
    _remember(name, row.version, secret, since)
    return secret


def _held(name: KeyName) -> dict[int, bytes]:
    at, versions = _cache.get(name, (0.0, {}))
    return versions if time.monotonic() - at < CACHE_SECONDS else {}


def _remember(name: KeyName, version: int, secret: bytes, since: float) -> None:
    """Caches what is committed: a key made in a transaction that fails never existed.

    Never longer than its parent is held: a dropped parent would otherwise live on, a minute per level.
    """
    if name in _uncommitted():
        return
    if len(_cache) >= CACHE_SIZE:
        _cache.clear()
    held = _held(name)
    at = min(_cache[name][0], since) if held else since
    _cache[name] = (at, {**held, version: secret})


def _uncommitted() -> set[KeyName]:
    names: set[KeyName] = connection.__dict__.setdefault("moodvision_new_keys", set())
    if not connection.in_atomic_block:
        names.clear()  # what was made in a transaction that failed
    return names
