"""Encrypted model fields: AES-256-GCM under a versioned data key, bound to field, clinic and row.

The base library fails open (a wrong key, a flipped bit or an expression is stored or returned as if it were
data), so these fields keep its place in the model and replace its behaviour: sealing happens in `pre_save`,
opening lazily when the attribute is read, and every way around these two raises.
"""

import base64
from typing import Any, NoReturn, Protocol, cast

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import IsNull, Lookup
from django.db.models.query_utils import DeferredAttribute
from encrypted_model_fields.fields import EncryptedTextField as LibraryEncryptedTextField

from clinics import keys
from clinics.keys import KeyName, OpenKey, Shredded, Tampered

FORMAT = "mv1"
FORMAT_BYTES = FORMAT.encode()
VERSION_BYTES = 4


class SealedRow(Protocol):
    """A model with encrypted fields tells under which key its values lie."""

    pk: Any
    _meta: Any

    def sealed_under(self) -> KeyName: ...


class Token:
    """A ciphertext: the only thing an encrypted column takes or gives."""


class TextToken(Token, str):
    pass


class BytesToken(Token, bytes):
    pass


class LazilyOpened(DeferredAttribute):
    """Opens the token on first access and remembers both, so an unchanged value keeps its ciphertext."""

    field: Any

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Token):
            plain, token = self._open(instance, value)
            instance.__dict__[self.field.attname] = plain
            instance.__dict__[self.field.token_name] = (plain, token)
            return plain
        return value

    def _open(self, instance: Any, token: Token) -> tuple[Any, Token]:
        """A row that was loaded before its key was rotated is read once more: its value lies under the new
        version now."""
        try:
            return self.field.unseal(instance, token), token
        except Shredded:
            newer = self.field.stored_token(instance)
            if newer is None or newer == token:
                raise
            return self.field.unseal(instance, newer), newer

    def __set__(self, instance: Any, value: Any) -> None:
        """Makes this a data descriptor: without it the instance's own dictionary would be read first."""
        instance.__dict__[self.field.attname] = value


class AsStored(models.F):
    """In an UPDATE: the column keeps what it holds."""

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "StoredColumn":
        column = super().resolve_expression(*args, **kwargs)
        return StoredColumn(column, output_field=column.output_field)


class StoredColumn(models.ExpressionWrapper):  # type: ignore[type-arg]
    expression: Any


class _SealedMixin:
    """What the text and the bytes field share."""

    descriptor_class = LazilyOpened
    attname: str
    name: str
    model: type[models.Model]

    @property
    def token_name(self) -> str:
        return f"_{self.attname}_token"

    def encode(self, value: Any) -> bytes:
        raise NotImplementedError

    def decode(self, plain: bytes) -> Any:
        raise NotImplementedError

    def pack(self, version: int, sealed: bytes) -> Token:
        raise NotImplementedError

    def unpack(self, token: Any) -> tuple[int, bytes]:
        """Key version and sealed bytes; ValueError when the token has another shape."""
        raise NotImplementedError

    def associated(self, instance: SealedRow, name: KeyName, version: int) -> str:
        field = f"{self.model._meta.label_lower}.{self.name}"
        return f"{field}|{name.clinic_id}|{instance.pk}|{name.scope}:{name.subject}|{version}"

    def seal(self, instance: SealedRow, value: Any) -> Token:
        name = instance.sealed_under()
        return self._seal(instance, name, keys.current(name), self.encode(value))

    def unseal(self, instance: SealedRow, token: Token) -> Any:
        return self.decode(self._unseal(instance, instance.sealed_under(), token))

    def reseal(self, instance: SealedRow, token: Token, key: OpenKey) -> Token:
        """The same value under another version of its key; raises Tampered rather than lose it."""
        name = instance.sealed_under()
        plain = self._unseal(instance, name, token)
        resealed = self._seal(instance, name, key, plain)
        keys.unseal(key.secret, self.unpack(resealed)[1], self.associated(instance, name, key.version))
        return resealed

    def version_of(self, instance: SealedRow, token: Token) -> int:
        try:
            return self.unpack(token)[0]
        except ValueError:
            raise Tampered(f"{self.model._meta.label_lower}.{self.name} of {instance.pk}") from None

    def _seal(self, instance: SealedRow, name: KeyName, key: OpenKey, plain: bytes) -> Token:
        sealed = keys.seal(key.secret, plain, self.associated(instance, name, key.version))
        return self.pack(key.version, sealed)

    def _unseal(self, instance: SealedRow, name: KeyName, token: Token) -> bytes:
        version = self.version_of(instance, token)
        try:
            secret = keys.get(name, version)
        except Shredded as lost:
            raise Shredded(f"{self.model._meta.label_lower}.{self.name} of {instance.pk}: {lost}") from None
        return keys.unseal(secret, self.unpack(token)[1], self.associated(instance, name, version))

    def to_python(self, value: Any) -> Any:
        return value

    def stored_token(self, instance: Any) -> Token | None:
        """What the row holds at this moment."""
        rows = self.model._base_manager.using(instance._state.db).filter(pk=instance.pk)
        return cast("Token | None", rows.values_list(self.attname, flat=True).first())

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The ciphertext. An unchanged value is not written at all: what was loaded may lie under a version
        of the key that a rotation has meanwhile replaced in the row."""
        value = model_instance.__dict__.get(self.attname)
        if value is None:
            return None
        plain, token = model_instance.__dict__.get(self.token_name, (None, None))
        if isinstance(value, Token):
            token = value
        elif token is None or plain != value:
            token = self.seal(model_instance, value)
            model_instance.__dict__[self.token_name] = (value, token)
            return token
        return token if add else AsStored(self.attname)

    def get_db_prep_save(self, value: Any, connection: Any) -> Token | None:
        if value is None or isinstance(value, Token):
            return value
        if isinstance(value, StoredColumn) and value.expression.target is self:
            return cast("Token", value)
        raise FieldError(
            f"{self.name} is encrypted: it is written by saving its row, not by update(), bulk_update() "
            "or an expression."
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return self.get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        if lookup_name != "isnull":
            self._refuse()
        return cast("type[Lookup[Any]]", IsNull)

    def get_transform(self, lookup_name: str) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise FieldError(f"{self.name} is encrypted: the database can neither search nor sort it.")

    def value_to_string(self, obj: Any) -> str:
        """What serializers and `dumpdata` print: the ciphertext."""
        return str(self.pre_save(obj, add=False) or "")


class EncryptedTextField(_SealedMixin, LibraryEncryptedTextField):  # type: ignore[misc]
    """Text, stored as `mv1:<key version>:<base64>`."""

    def encode(self, value: str) -> bytes:
        return str(value).encode()

    def decode(self, plain: bytes) -> str:
        return plain.decode()

    def pack(self, version: int, sealed: bytes) -> Token:
        return TextToken(f"{FORMAT}:{version}:{base64.b64encode(sealed).decode()}")

    def unpack(self, token: str) -> tuple[int, bytes]:
        mark, version, body = token.split(":")
        if mark != FORMAT:
            raise ValueError(mark)
        return int(version), base64.b64decode(body, validate=True)

    def from_db_value(self, value: str | None, *args: Any) -> Token | None:
        return None if value is None else TextToken(value)


class EncryptedBytesField(_SealedMixin, models.BinaryField):  # type: ignore[type-arg, misc]
    """Bytes, stored as bytea: the format mark, four bytes of key version, the sealed bytes."""

    def encode(self, value: bytes) -> bytes:
        return bytes(value)

    def decode(self, plain: bytes) -> bytes:
        return plain

    def pack(self, version: int, sealed: bytes) -> Token:
        return BytesToken(FORMAT_BYTES + version.to_bytes(VERSION_BYTES, "big") + sealed)

    def unpack(self, token: bytes) -> tuple[int, bytes]:
        start = len(FORMAT_BYTES) + VERSION_BYTES
        if token[: len(FORMAT_BYTES)] != FORMAT_BYTES:
            raise ValueError("no format mark")
        return int.from_bytes(token[len(FORMAT_BYTES) : start], "big"), token[start:]

    def from_db_value(self, value: Any, *args: Any) -> Token | None:
        return None if value is None else BytesToken(bytes(value))


def open_to_reseal(instance: models.Model) -> list[str]:
    """Opens every sealed value of a row, so that saving seals it anew once the row belongs to somebody else.

    The names of these fields.
    """
    fields = [field for field in instance._meta.concrete_fields if isinstance(field, _SealedMixin)]
    for field in fields:
        plain = getattr(instance, field.attname)  # Tampered and Shredded stop here
        instance.__dict__.pop(field.token_name, None)
        instance.__dict__[field.attname] = plain
    return [field.name for field in fields]
