"""A security key in software: what a browser with such a key answers, or what a forger would.

    key = Authenticator("gate.example.com", "https://gate.example.com")
    answer = key.create(registration_options(...))      # JSON text for `register`
    answer = key.get(authentication_options(...))       # JSON text for `authenticate`

It plays the honest browser too: it answers for its own origin, and refuses what a browser would
(`WrongSiteError`, `AlreadyThereError`, `NoKeyError`, `NotVerifiedError`). Each call takes bends by
keyword, which change one part of the answer and leave the rest right, signatures included.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict, Unpack

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from fido2 import cbor
from fido2.cose import ES256, ES384, ES512, RS256, CoseKey, Ed448, EdDSA

USER_PRESENT: Final = 0x01
USER_VERIFIED: Final = 0x04
BACKUP_ELIGIBLE: Final = 0x08
BACKED_UP: Final = 0x10
ATTESTED: Final = 0x40
EXTENSIONS: Final = 0x80

AAGUID: Final = bytes.fromhex("5f7a11c0e3d94d0c8d6f0c4b1a2e3f40")

_CURVES: Final[Mapping[int, ec.EllipticCurve]] = {
    -7: ec.SECP256R1(),
    -35: ec.SECP384R1(),
    -36: ec.SECP521R1(),
}

type PrivateKey = (
    ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | rsa.RSAPrivateKey
)
type Options = Mapping[str, Any] | str
type Change = Callable[[bytes], bytes]


class WrongSiteError(Exception):
    """The RP ID is not that of the page; a browser says SecurityError."""


class AlreadyThereError(Exception):
    """The key has an excluded credential; a browser says InvalidStateError."""


class NoKeyError(Exception):
    """The key has no credential that may answer; a browser says NotAllowedError."""


class NotVerifiedError(Exception):
    """The person must be verified and this key can't; a browser says NotAllowedError."""


class Bends(TypedDict, total=False):
    """What is changed, the rest staying right; `*_bytes` change the bytes that are then signed."""

    type: str
    challenge: bytes
    origin: str
    cross_origin: object
    top_origin: object
    client_members: Mapping[str, object]  # more members of the client data
    client_data_bytes: Change
    rp_id: str
    set_flags: int
    clear_flags: int
    sign_count: int
    extensions: Mapping[str, object]  # sets the flag too
    authenticator_data_bytes: Change
    attestation_bytes: Change
    format: str
    statement: Mapping[str, object]
    algorithm: int  # makes the new key with it, offered or not
    credential_id: bytes
    public_key: Mapping[Any, Any]
    signed_client_data: bytes  # the signature covers these instead
    signature: bytes
    user_handle: bytes | None
    answer: Callable[[dict[str, Any]], None]  # changes the whole answer in place


@dataclass(kw_only=True)
class Credential:
    """What the key remembers of one registration."""

    id: bytes
    rp_id: str
    user_handle: bytes
    private_key: PrivateKey
    sign_count: int = 0

    def sign(self, message: bytes) -> bytes:
        """Sign as the algorithm of the key wants it."""
        match self.private_key:
            case ec.EllipticCurvePrivateKey() as key:
                return key.sign(message, ec.ECDSA(_digest(key.curve)))
            case rsa.RSAPrivateKey() as key:
                return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
            case key:
                return key.sign(message)


@dataclass(kw_only=True)
class _Shape:
    """How an authenticator is made."""

    algorithms: tuple[int, ...] = (-7,)
    verifies: bool = True
    discoverable: bool = True
    synced: bool = False
    counts: bool = True
    self_attests: bool = False
    transports: tuple[str, ...] = ("usb",)


@dataclass
class Authenticator(_Shape):
    """A key in the hands of somebody whose browser stands on `origin`.

    `algorithms` are what it can do, in its own order (-7 ES256, -8 EdDSA, -257 RS256, -35 ES384,
    -36 ES512, -53 Ed448); `verifies`: it has a PIN; `synced`: its credentials are backed up;
    `counts`: it has a signature counter.
    """

    rp_id: str
    origin: str
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: Options, **bends: Unpack[Bends]) -> str:
        """Answer `create()`: make a credential, remember it, give the JSON text."""
        asked = _read(options)
        self._refuse_other_site(asked["rp"]["id"])
        self._refuse_excluded(asked)
        selection = asked.get("authenticatorSelection", {})
        flags = ATTESTED | self._flags(selection.get("userVerification", "preferred"))
        credential = self._new_credential(asked, bends)
        client_data = self._client_data("webauthn.create", asked, bends)
        attested = _attested(credential, bends)
        signed = self._authenticator_data(flags, credential, attested, bends)
        attestation = self._attestation(credential, signed, client_data, bends)
        response = {
            "clientDataJSON": _text(client_data),
            "attestationObject": _text(attestation),
            "authenticatorData": _text(signed),
            "transports": list(self.transports),
        }
        extensions = {"credProps": {"rk": self.discoverable}}
        return self._answer(credential, response, extensions, bends)

    def get(self, options: Options, **bends: Unpack[Bends]) -> str:
        """Answer `get()`: sign with a credential that may answer, give the JSON text."""
        asked = _read(options)
        self._refuse_other_site(asked["rpId"])
        credential = self._allowed(asked)
        flags = self._flags(asked.get("userVerification", "preferred"))
        credential.sign_count += 1 if self.counts else 0
        client_data = self._client_data("webauthn.get", asked, bends)
        signed = self._authenticator_data(flags, credential, b"", bends)
        covered = hashlib.sha256(bends.get("signed_client_data", client_data)).digest()
        handle = bends.get("user_handle", credential.user_handle if self.discoverable else None)
        response = {
            "clientDataJSON": _text(client_data),
            "authenticatorData": _text(signed),
            "signature": _text(bends.get("signature") or credential.sign(signed + covered)),
            "userHandle": None if handle is None else _text(handle),
        }
        return self._answer(credential, response, {}, bends)

    def _refuse_other_site(self, rp_id: str) -> None:
        if rp_id != self.rp_id:
            raise WrongSiteError(rp_id)

    def _refuse_excluded(self, asked: Mapping[str, Any]) -> None:
        own = {_text(credential.id) for credential in self.credentials}
        if own & {named["id"] for named in asked.get("excludeCredentials", [])}:
            raise AlreadyThereError

    def _allowed(self, asked: Mapping[str, Any]) -> Credential:
        named = {entry["id"] for entry in asked.get("allowCredentials", [])}
        for credential in reversed(self.credentials):
            fits = _text(credential.id) in named if named else self.discoverable
            if fits and credential.rp_id == asked["rpId"]:
                return credential
        raise NoKeyError

    def _flags(self, user_verification: str) -> int:
        if user_verification == "required" and not self.verifies:
            raise NotVerifiedError
        flags = USER_PRESENT
        flags |= USER_VERIFIED if self.verifies else 0
        return flags | (BACKUP_ELIGIBLE | BACKED_UP if self.synced else 0)

    def _new_credential(self, asked: Mapping[str, Any], bends: Bends) -> Credential:
        offered = {entry["alg"] for entry in asked["pubKeyCredParams"]}
        fitting = next((number for number in self.algorithms if number in offered), None)
        algorithm = bends.get("algorithm", fitting)
        if algorithm is None:
            raise NoKeyError
        credential = Credential(
            id=bends.get("credential_id", secrets.token_bytes(32)),
            rp_id=asked["rp"]["id"],
            user_handle=_bytes(asked["user"]["id"]),
            private_key=new_private_key(algorithm),
        )
        self.credentials.append(credential)
        return credential

    def _client_data(self, kind: str, asked: Mapping[str, Any], bends: Bends) -> bytes:
        members: dict[str, object] = {
            "type": bends.get("type", kind),
            "challenge": _text(bends.get("challenge", _bytes(asked["challenge"]))),
            "origin": bends.get("origin", self.origin),
            "crossOrigin": bends.get("cross_origin", False),
        }
        if "top_origin" in bends:
            members["topOrigin"] = bends["top_origin"]
        members |= bends.get("client_members", {})
        written = json.dumps(members, separators=(",", ":")).encode()
        return bends.get("client_data_bytes", _same)(written)

    def _authenticator_data(
        self, flags: int, credential: Credential, attested: bytes, bends: Bends
    ) -> bytes:
        extensions = bends.get("extensions")
        flags |= EXTENSIONS if extensions is not None else 0
        flags = (flags | bends.get("set_flags", 0)) & ~bends.get("clear_flags", 0)
        rp_id_hash = hashlib.sha256(bends.get("rp_id", credential.rp_id).encode()).digest()
        count = bends.get("sign_count", credential.sign_count)
        tail = b"" if extensions is None else cbor.encode(extensions)
        signed = rp_id_hash + struct.pack(">BI", flags, count) + attested + tail
        return bends.get("authenticator_data_bytes", _same)(signed)

    def _attestation(
        self, credential: Credential, signed: bytes, client_data: bytes, bends: Bends
    ) -> bytes:
        statement: Mapping[str, object] = {}
        if self.self_attests:
            covered = signed + hashlib.sha256(client_data).digest()
            number = int(cose_key(credential.private_key)[3])
            statement = {"alg": number, "sig": credential.sign(covered)}
        written = {
            "fmt": bends.get("format", "packed" if self.self_attests else "none"),
            "attStmt": bends.get("statement", statement),
            "authData": signed,
        }
        return bends.get("attestation_bytes", _same)(cbor.encode(written))

    def _answer(
        self,
        credential: Credential,
        response: Mapping[str, object],
        extensions: Mapping[str, object],
        bends: Bends,
    ) -> str:
        written: dict[str, Any] = {
            "id": _text(credential.id),
            "rawId": _text(credential.id),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "response": response,
            "clientExtensionResults": extensions,
        }
        if "answer" in bends:
            bends["answer"](written)
        return json.dumps(written)


def cose_key(private_key: PrivateKey) -> CoseKey:
    """Give the public half as an authenticator writes it."""
    return _kind(private_key).from_cryptography_key(private_key.public_key())


def _kind(private_key: PrivateKey) -> type[CoseKey]:
    kinds: Mapping[int, type[CoseKey]] = {256: ES256, 384: ES384, 521: ES512}
    match private_key:
        case ec.EllipticCurvePrivateKey() as key:
            return kinds[key.curve.key_size]
        case rsa.RSAPrivateKey():
            return RS256
        case ed448.Ed448PrivateKey():
            return Ed448
        case ed25519.Ed25519PrivateKey():
            return EdDSA


def new_private_key(algorithm: int) -> PrivateKey:
    """Give a fresh key for a COSE algorithm."""
    match algorithm:
        case -8:
            return ed25519.Ed25519PrivateKey.generate()
        case -53:
            return ed448.Ed448PrivateKey.generate()
        case -257:
            return rsa.generate_private_key(65537, 2048)
        case _:
            return ec.generate_private_key(_CURVES[algorithm])


def _digest(curve: ec.EllipticCurve) -> hashes.HashAlgorithm:
    return {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[curve.key_size]


def _attested(credential: Credential, bends: Bends) -> bytes:
    key = cbor.encode(bends.get("public_key", cose_key(credential.private_key)))
    return AAGUID + struct.pack(">H", len(credential.id)) + credential.id + key


def _read(options: Options) -> Mapping[str, Any]:
    """Take options as a mapping or as JSON text, bare or under `publicKey`."""
    read: Mapping[str, Any] = json.loads(options) if isinstance(options, str) else options
    inner: Mapping[str, Any] = read.get("publicKey", read)
    return inner


def _same(written: bytes) -> bytes:
    return written


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
