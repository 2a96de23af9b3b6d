"""A person's phone: its camera reads QR codes off the screen, its app shows codes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
from playwright.sync_api import Page

from gate.core.secret_text import Secret
from gate.factors import totp

AHEAD: Final = 1  # time steps that a phone may be ahead (RFC 6238 section 5.2)


@dataclass
class Phone:
    """A code app that has been given one seed; it never shows a code twice."""

    seed: Secret
    last_step: int = 0

    def code(self) -> str:
        """Give a code that was not used, of now or of the next step, or wait for one."""
        while self.last_step >= _step() + AHEAD:
            time.sleep(0.2)
        self.last_step = max(self.last_step + 1, _step())
        at = datetime.fromtimestamp(self.last_step * totp.STEP.total_seconds(), UTC)
        return totp.code_at(self.seed, at)


def _step() -> int:
    return totp.step_at(datetime.now(UTC))


def scan(page: Page) -> str:
    """Point the camera at the screen and give what it reads."""
    shot = np.frombuffer(page.screenshot(full_page=True), np.uint8)
    seen = cv2.imdecode(shot, cv2.IMREAD_COLOR)
    assert seen is not None
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(seen)
    return str(read)


def phone_that_scanned(page: Page) -> Phone:
    """Give the phone of somebody who scanned the code on the page."""
    address = urlsplit(scan(page))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    return Phone(Secret(parse_qs(address.query)["secret"][0]))
