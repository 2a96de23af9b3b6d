"""QR codes that a camera reads, and seeds that people can type."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from gate.core.secret_text import Secret
from ui.drawings import QUIET_ZONE, in_groups, qr_code

SEED = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
URI = Secret(
    f"otpauth://totp/wiki.example.com:alice?secret={SEED.reveal()}&issuer=wiki.example.com"
)


def drawn(svg: str, scale: int = 6) -> np.ndarray:
    """Draw the modules of a picture, as a browser would."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \1"', svg)[0])
    image = np.full((size, size), 255, np.uint8)
    strokes = re.findall(r'<path stroke="#000" d="([^"]+)"', svg)[0]
    x, y = 0.0, 0.0
    for kind, first, second in re.findall(r"([Mmh])([\d.-]+)(?: ([\d.-]+))?", strokes):
        if kind == "h":
            image[int(y), int(x) : int(x) + int(first)] = 0
            x += int(first)
        else:
            x, y = (0.0, 0.0) if kind == "M" else (x, y)
            x, y = x + float(first), y + float(second)
    return np.kron(image, np.ones((scale, scale), np.uint8))


@pytest.mark.parametrize("account", ["alice", "a" * 64])
def test_the_picture_holds_the_address(account: str) -> None:
    uri = Secret(URI.reveal().replace("alice", account))
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(drawn(qr_code(uri)))
    assert read == uri.reveal()


def test_t81_the_picture_is_black_on_white_and_needs_no_style_of_its_own() -> None:
    svg = str(qr_code(URI))
    assert '<path fill="#fff" d="M0 0' in svg
    assert "style=" not in svg
    assert "width=" not in svg
    assert SEED.reveal() not in svg
    assert drawn(svg, 1)[:QUIET_ZONE].min() == 255


def test_a_seed_stands_in_groups_of_four() -> None:
    assert in_groups(SEED) == ("JBSW", "Y3DP", "EHPK", "3PXP") * 2
    assert in_groups(Secret("JBSWY3")) == ("JBSW", "Y3")
