"""Security keys in a window of Chromium: virtual authenticators, and accounts that know them.

An authenticator belongs to one window. A key is put into the store and into the authenticator
alike, as if it had been added before.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fido2 import cbor
from playwright.sync_api import CDPSession, Page

from gate.core.ports import SecurityKey
from gate.factors.webauthn import user_handle_of
from gate.store.sql import open_store
from tests.browser.installation import Installation
from tests.support.software_authenticator import cose_key

RP_ID: Final = "localhost"
USUAL: Final[dict[str, Any]] = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class KeyRing:
    """The keys that are plugged in beside one window."""

    home: Installation
    page: Page
    session: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("WebAuthn.enable", {"enableUI": False})

    def plug_in(self, **options: Any) -> str:
        """Plug an empty key in and give its id."""
        made = self.session.send(
            "WebAuthn.addVirtualAuthenticator", {"options": {**USUAL, **options}}
        )
        return str(made["authenticatorId"])

    def pull_out(self, key: str) -> None:
        """Take a key away."""
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})

    def switch(self, key: str, *, on: bool) -> None:
        """Let a key be touched at once when it is asked, or not at all."""
        self.session.send(
            "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": key, "enabled": on}
        )

    def credentials(self, key: str) -> list[Any]:
        """Give what a key holds."""
        held = self.session.send("WebAuthn.getCredentials", {"authenticatorId": key})
        return list(held["credentials"])

    def bend(self, key: str, **bits: bool) -> None:
        """Let a key answer wrongly: `isBogusSignature`, `isBadUV`, `isBadUP`."""
        self.session.send("WebAuthn.setResponseOverrideBits", {"authenticatorId": key, **bits})

    def mistype_pin(self, key: str) -> None:
        """Let the key not verify its holder any more."""
        self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False}
        )

    def give(self, key: str, account: str, *, resident: bool = True) -> SecurityKey:
        """Make a key one of an account's."""
        private = ec.generate_private_key(ec.SECP256R1())
        record = known_key(self.home, account, private)
        encoded = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": _text(record.credential_id),
            "isResidentCredential": resident,
            "rpId": RP_ID,
            "privateKey": _text(encoded),
            "userHandle": _text(user_handle_of(record.account)),
            "userName": account,
            "userDisplayName": account,
            "signCount": 0,
        }
        if not resident:
            del credential["userHandle"]
        self.session.send(
            "WebAuthn.addCredential", {"authenticatorId": key, "credential": credential}
        )
        return record


def known_key(home: Installation, name: str, private: ec.EllipticCurvePrivateKey) -> SecurityKey:
    """Put a key into the store, as if the account had added it before."""
    store = open_store(f"sqlite:///{home.gate.folder}/state/gate.db", None)
    try:
        account = store.accounts.by_name(name)
        assert account is not None
        record = SecurityKey(
            id=secrets.token_hex(8),
            account=account.id,
            name="Office",
            credential_id=secrets.token_bytes(32),
            public_key=cbor.encode(cose_key(private)),
            algorithm=-7,
            sign_count=0,
            rp_id=RP_ID,
            origins=(home.origin,),
            added_at=datetime.now(UTC),
            transports=("usb",),
            discoverable=True,
            user_verified=True,
        )
        assert store.keys.add(record) is None
        return record
    finally:
        store.close()


def _text(value: bytes) -> str:
    """Give bytes as DevTools take them."""
    return base64.b64encode(value).decode()
