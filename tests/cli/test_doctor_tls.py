"""`gate doctor` on certificates, and on a gate that already answers behind TLS."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.command_line import CommandLine, new_command_line
from tests.support.gate_process import free_port

DAY = timedelta(days=1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def doctor(folder: Path, *pairs: dict[str, str], host: str = "localhost") -> list[str]:
    """Give the findings about TLS, each with its mark in front."""
    gate = installation(folder, *pairs, host=host)
    said = json.loads(gate("doctor", "--json").stdout)
    found = [
        f"{each['mark']} {each['words']}" for each in said["findings"] if each["about"] == "tls"
    ]
    return [line.replace(f"{folder}/", "") for line in found]


def installation(folder: Path, *pairs: dict[str, str], host: str) -> CommandLine:
    settings = {
        "state": "sqlite:///state/gate.db",
        "upstream": "http://127.0.0.1:9",
        "listen": [f"https://127.0.0.1:{free_port()}"],
        "public_url": f"https://{host}",
        "tls": list(pairs),
    }
    return new_command_line(folder, json.dumps(settings))


def test_f13_a_certificate_is_fine_until_a_month_before_its_end(authority: Authority) -> None:
    names = ("localhost", "127.0.0.1")
    (line,) = doctor(authority.folder, authority.write("a", *names, lasts=60 * DAY))
    assert line.startswith("ok `a.pem` ends on 2")
    (line,) = doctor(authority.folder, authority.write("a", *names, lasts=20 * DAY))
    assert line.startswith("warn `a.pem` ends on 2")
    assert line.endswith("in 19 days; renew it")
    (line,) = doctor(authority.folder, authority.write("a", *names, lasts=-DAY / 24))
    assert line.startswith("fail `a.pem` ended on 2")


def test_a_host_without_a_certificate_is_a_failure(authority: Authority) -> None:
    lines = doctor(authority.folder, authority.write("a", "localhost"), host="id.test")
    assert [line.split(";")[0] for line in lines[1:]] == [
        "fail no certificate of `tls` covers `127.0.0.1`",
        "fail no certificate of `tls` covers `id.test`",
    ]


def test_a_key_that_everybody_can_read_is_a_warning(authority: Authority) -> None:
    pair = authority.write("a", "localhost", "127.0.0.1")
    Path(pair["key"]).chmod(0o644)
    lines = doctor(authority.folder, pair)
    assert lines[1] == "warn everybody on this machine can read `a.key`; run: chmod o= a.key"


def test_without_tls_there_is_nothing_to_say(tmp_path: Path) -> None:
    said = json.loads(new_command_line(tmp_path)("doctor", "--json").stdout)
    assert [each for each in said["findings"] if each["about"] == "tls"] == []
