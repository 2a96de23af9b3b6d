"""The start-up self-test, and what loading the plane costs everybody else."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from mitmproxy.options import Options

from gate.core.errors import PlaneIncompatible
from gate.planes import PLANES
from gate.planes.mitm import self_test
from gate.planes.mitm.self_test import (
    FORBIDDEN,
    REMEDY,
    check_options,
    check_signature,
    check_version,
)


def test_the_installed_library_is_the_expected_one() -> None:
    self_test()


@pytest.mark.parametrize("installed", ["12.2.2", "12.4", "12.4.0", "13.0.0", "11.9.9", "12.2.dev9"])
def test_another_version_is_refused(installed: str) -> None:
    with pytest.raises(PlaneIncompatible, match=re.escape(REMEDY)):
        check_version(installed)


@pytest.mark.parametrize("installed", ["12.2.3", "12.3.0", "12.3.1"])
def test_versions_in_range_are_taken(installed: str) -> None:
    check_version(installed)


def test_a_changed_signature_is_refused() -> None:
    def changed(event: object) -> None:
        """Stand for a part of the library that takes something else."""

    with pytest.raises(PlaneIncompatible, match="changed"):
        check_signature(changed, ("self", "event"))


@pytest.mark.parametrize("name", FORBIDDEN)
def test_an_option_that_lets_connections_pass_unseen_is_refused(name: str) -> None:
    options = Options()
    setattr(options, name, name == "ssl_insecure" or ["."])
    with pytest.raises(PlaneIncompatible, match=name):
        check_options(options)


def test_the_library_is_loaded_by_nobody_but_the_plane() -> None:
    code = "import sys, gate.planes; sys.exit('mitmproxy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert PLANES["mitm"] == "gate.planes.mitm"


def test_the_plane_loads_no_add_on() -> None:
    code = "import sys, gate.planes.mitm; sys.exit('mitmproxy.addons' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
