"""A security key made of software: what a browser and its authenticator would answer (WebAuthn level 2)."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

RP_ID = "testserver"
FLAG = AuthenticatorData.FLAG


@dataclass
class SoftwareKey:
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0
    step: int = 1  # keys that several devices share do not count

    def register(self, challenge: str) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        public = ES256.from_cryptography_key(self.secret.public_key())  # type: ignore[no-untyped-call]
        attached = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        data = AuthenticatorData.create(self._rp_hash, FLAG.UP | FLAG.AT, self.count, attached)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            "webauthn.create", challenge, {"attestationObject": websafe_encode(bytes(attestation))}
        )

    def sign(self, challenge: str) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.count += self.step
        data = AuthenticatorData.create(self._rp_hash, FLAG.UP, self.count)
        client = self._client_data("webauthn.get", challenge)
        signature = self.secret.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        fields = {
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
            "userHandle": None,
        }
        return self._answer("webauthn.get", challenge, fields)

    @property
    def _rp_hash(self) -> bytes:
        return hashlib.sha256(RP_ID.encode()).digest()

    def _answer(self, kind: str, challenge: str, fields: dict[str, Any]) -> dict[str, Any]:
        identifier = websafe_encode(self.credential_id)
        client = websafe_encode(self._client_data(kind, challenge))
        return {
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": client, **fields},
        }

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return bytes(
            CollectedClientData.create(
                type=kind, challenge=websafe_decode(challenge), origin=f"https://{RP_ID}"
            )
        )


def challenge_in(page: Any, options: str) -> str:
    """What a page of allauth asks the key to sign."""
    return str(json.loads(json.dumps(page.context["js_data"]))[options]["publicKey"]["challenge"])
