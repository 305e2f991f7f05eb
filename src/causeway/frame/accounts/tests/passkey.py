"""A passkey in software: answers the server's registration and sign-in requests as an authenticator would."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAGS = AuthenticatorData.FLAG


class Passkey:
    """One credential on one device; `counter` grows with each use."""

    def __init__(self, origin: str = "https://testserver") -> None:
        self.origin, self.rp = origin, origin.removeprefix("https://")
        self.key, self.id, self.counter, self.user = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32), 0, ""

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags: Any, credential: Any = b"") -> AuthenticatorData:
        self.counter += 1
        return AuthenticatorData.create(hashlib.sha256(self.rp.encode()).digest(), flags, self.counter, credential)

    def register(self, options: dict[str, Any], resident: bool = True) -> str:
        """The answer to `options` of a registration, as the page posts it."""
        public = options["publicKey"]
        self.user = public["user"]["id"]
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = self._data(FLAGS.UP | FLAGS.UV | FLAGS.AT, credential)
        answer = {
            "clientDataJSON": websafe_encode(self._client("webauthn.create", public["challenge"])),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        }
        return self._envelope(answer, {"credProps": {"rk": resident}})

    def answer(self, options: dict[str, Any]) -> str:
        """The answer to `options` of a sign-in, as the page posts it."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(FLAGS.UP | FLAGS.UV)
        signature = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
            "userHandle": self.user,
        }
        return self._envelope(answer, {})

    def _envelope(self, answer: dict[str, Any], extensions: dict[str, Any]) -> str:
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": answer, "clientExtensionResults": extensions})
