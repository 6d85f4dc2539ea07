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
from clinics.keys import KeyName, Tampered

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
            plain = self.field.unseal(instance, value)
            instance.__dict__[self.field.attname] = plain
            instance.__dict__[self.field.token_name] = (plain, value)
            return plain
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Makes this a data descriptor: without it the instance's own dictionary would be read first."""
        instance.__dict__[self.field.attname] = value


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
        key = keys.current(name)
        sealed = keys.seal(key.secret, self.encode(value), self.associated(instance, name, key.version))
        return self.pack(key.version, sealed)

    def unseal(self, instance: SealedRow, token: Token) -> Any:
        name = instance.sealed_under()
        try:
            version, sealed = self.unpack(token)
        except ValueError:
            raise Tampered(f"{self.model._meta.label_lower}.{self.name} of {instance.pk}") from None
        secret = keys.get(name, version)
        return self.decode(keys.unseal(secret, sealed, self.associated(instance, name, version)))

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Token):
            return value
        plain, token = model_instance.__dict__.get(self.token_name, (None, None))
        if token is None or plain != value:
            token = self.seal(model_instance, value)
            model_instance.__dict__[self.token_name] = (value, token)
        return token

    def get_db_prep_save(self, value: Any, connection: Any) -> Token | None:
        if value is None or isinstance(value, Token):
            return value
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
    fields: list[Any] = [field for field in instance._meta.concrete_fields if isinstance(field, _SealedMixin)]
    for field in fields:
        plain = getattr(instance, field.attname)  # Tampered and Shredded stop here
        instance.__dict__.pop(field.token_name, None)
        instance.__dict__[field.attname] = plain
    return [field.name for field in fields]
