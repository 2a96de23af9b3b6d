"""A registered key, as text and back."""

from __future__ import annotations

import json

from gate.service.pending_key import PendingKey, pending_of, told
from tests.support.ceremonies import authenticator, enrolled


def test_a_key_is_read_as_it_was_told() -> None:
    key = enrolled(authenticator(transports=("usb", "nfc"), synced=True))
    pending = PendingKey(name="Blue key", key=key)
    assert pending_of(json.loads(json.dumps(told(pending)))) == pending
