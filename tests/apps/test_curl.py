"""curl through the gate: uploads, ranges, HEAD, HTTP/1.0, and HTTP/2, which is refused."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.apps.clients import Way, curl
from tests.apps.ways import Ways

SIZE: Final = 3_000_000  # bytes
ICON: Final = "/static/favicon.ico"
EMPTY_REPLY: Final = {16, 52, 55, 56}  # curl's codes for a connection that broke off


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that can't be made smaller."""
    file = tmp_path_factory.mktemp("upload") / "file"
    file.write_bytes(os.urandom(SIZE))
    return file


def _arrived(output: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(output.rpartition(b"\r\n\r\n")[2])
    return told


def _is_whole(told: dict[str, Any], upload: Path) -> bool:
    wanted = (SIZE, hashlib.sha256(upload.read_bytes()).hexdigest())
    return (told["length"], told["sha256"]) == wanted


@pytest.mark.parametrize("gated", [False, True], ids=["straight", "gated"])
def test_an_upload_that_waits_for_100_continue_arrives_whole(
    gated: bool, ways: Ways, upload: Path
) -> None:
    way = ways.both("django")[gated]
    options = ("--header", "Expect: 100-continue", "--expect100-timeout", "60")
    done = curl(way, "/arrived", *options, "--upload-file", str(upload))
    assert done.stdout.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    told = _arrived(done.stdout)
    assert _is_whole(told, upload)
    assert told["head"]["CONTENT_LENGTH"] == str(SIZE)
    assert "HTTP_TRANSFER_ENCODING" not in told["head"]


def test_an_upload_of_a_stranger_is_refused_before_its_body_is_sent(
    ways: Ways, upload: Path
) -> None:
    options = ("--header", "Expect: 100-continue", "--expect100-timeout", "60")
    counted = ("--write-out", "\n%{size_upload}")
    way = ways.stranger("django")
    done = curl(way, "/arrived", *options, *counted, "--upload-file", str(upload))
    assert done.stdout.startswith(b"HTTP/1.1 401 ")
    assert done.stdout.endswith(b"\n0")


@pytest.mark.parametrize("gated", [False, True], ids=["straight", "gated"])
def test_a_chunked_upload_stays_chunked_and_arrives_whole(
    gated: bool, ways: Ways, upload: Path
) -> None:
    way = ways.both("django")[gated]
    options = ("--header", "Transfer-Encoding: chunked", "--header", "Expect:")
    done = curl(way, "/arrived", *options, "--upload-file", "-", stdin=upload.read_bytes())
    told = _arrived(done.stdout)
    assert _is_whole(told, upload)
    assert told["head"]["HTTP_TRANSFER_ENCODING"] == "chunked"
    assert "CONTENT_LENGTH" not in told["head"]


def test_several_requests_share_a_connection_with_a_refusal_between_them(ways: Ways) -> None:
    way = ways.gated("django")
    again = ("--next", "--silent", "--include", "--max-time", "60", "--header", f"Host: {way.host}")
    signed_in = ("--cookie", way.cookie, "--write-out", "\n%{num_connects}")
    pages = [f"{way.url}/arrived?{number}" for number in range(2)]
    done = curl(way, "/arrived?2", pages[0], *again, pages[1], *again, *signed_in)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", done.stdout) == [b"200", b"401", b"200"]
    assert done.stdout.endswith(b"\n0")


# --- downloads, of jupyter's own files -------------------------------------------------------


def _answer(way: Way, *options: str) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Give status line, headers and body of jupyter's icon."""
    done = curl(way, ICON, *options)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in lines)
    headers.pop(b"date")
    return status, headers, body


@pytest.mark.parametrize(
    "options",
    [
        ("--range", "0-0"),
        ("--range", "5-9"),
        ("--range", "-100"),
        ("--range", "32000-"),
        ("--range", "99999999-"),
        ("--header", "Range: bytes=1-2,5-6"),
        ("--header", "Range: lines=1-2"),
        ("--head",),
        ("--http1.0",),
        ("--header", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"),
    ],
    ids=" ".join,
)
def test_ranges_conditions_and_head_are_the_same_behind_the_gate(
    options: tuple[str, ...], ways: Ways
) -> None:
    straight, gated = (_answer(way, *options) for way in ways.both("jupyter"))
    for status_headers_body in (straight, gated):
        status_headers_body[1].pop(b"connection", None)
    private = b", ".join(filter(None, [b"private", straight[1].get(b"cache-control", b"")]))
    assert gated == (straight[0], straight[1] | {b"cache-control": private}, straight[2])


# --- HTTP/2 ----------------------------------------------------------------------------------


def test_t31_http_2_with_prior_knowledge_is_refused(ways: Ways) -> None:
    done = curl(ways.gated("django"), "/arrived", "--http2-prior-knowledge")
    assert done.returncode in EMPTY_REPLY
    assert b"200" not in done.stdout


def test_t31_an_upgrade_to_http_2_is_answered_in_http_1(ways: Ways) -> None:
    done = curl(ways.gated("django"), "/arrived", "--http2")
    assert done.stdout.startswith(b"HTTP/1.1 200 OK\r\n")
    arrived = _arrived(done.stdout)["head"]
    assert not {"HTTP_UPGRADE", "HTTP_HTTP2_SETTINGS"} & set(arrived)
