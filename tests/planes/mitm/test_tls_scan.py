"""What a scanner finds at the mitm plane's TLS.

`sslyze` holds back a library of the gate, so `make test` installs it beside the gate's packages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import trustme

from tests.support.certificates import Authority
from tests.support.plane_process import running_plane

SSLYZE: Final = Path(sys.prefix, "scan", "bin", "sslyze")
OLD: Final = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1")
NEW: Final = ("tls_1_2", "tls_1_3")


@pytest.fixture(scope="module", params=list(trustme.KeyType), ids=lambda kind: kind.name)
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    assert SSLYZE.exists(), "the scanner is missing: make test installs it"
    folder = tmp_path_factory.mktemp("scan")
    pair = Authority(folder).write("scanned", "localhost", kind=request.param)
    report = Path(folder, "report.json")
    with running_plane("Telling", tls=[pair]) as plane:
        command = [str(SSLYZE), f"--json_out={report}", f"localhost:{plane.port}"]
        subprocess.run(command, check=False, capture_output=True, timeout=300)
    (scan,) = json.loads(report.read_text())["server_scan_results"]
    return {
        name: part["result"]
        for name, part in scan["scan_result"].items()
        if part["status"] == "COMPLETED"
    }


def test_old_protocols_have_no_cipher(found: dict[str, Any]) -> None:
    for version in OLD:
        assert found[f"{version}_cipher_suites"]["accepted_cipher_suites"] == []


def test_every_cipher_has_forward_secrecy_and_authenticates(found: dict[str, Any]) -> None:
    for version in NEW:
        accepted = found[f"{version}_cipher_suites"]["accepted_cipher_suites"]
        names = [each["cipher_suite"]["name"] for each in accepted]
        assert len(names) == 3
        assert all("GCM" in name or "POLY1305" in name for name in names)
        assert all(each["ephemeral_key"]["type_name"] == "ECDH" for each in accepted)


def test_nothing_is_vulnerable(found: dict[str, Any]) -> None:
    assert found["tls_compression"] == {"supports_compression": False}
    assert found["openssl_ccs_injection"] == {"is_vulnerable_to_ccs_injection": False}
    assert found["heartbleed"] == {"is_vulnerable_to_heartbleed": False}
    assert found["robot"] == {"robot_result": "NOT_VULNERABLE_RSA_NOT_SUPPORTED"}
    assert found["tls_fallback_scsv"] == {"supports_fallback_scsv": True}
    assert found["tls_extended_master_secret"] == {"supports_ems_extension": True}
    assert found["session_renegotiation"] == {
        "supports_secure_renegotiation": True,
        "is_vulnerable_to_client_renegotiation_dos": False,
        "client_renegotiations_success_count": 0,
    }
