"""Where settings come from, and how a problem names its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from gate.config.setting_sources import SettingsProblems, load_settings, variable_names
from gate.config.settings import Settings


def load(
    tmp_path: Path,
    text: str | None = None,
    env: Mapping[str, str] | None = None,
    **flags: object,
) -> Settings:
    found = load_settings(written(tmp_path, text), env or {}, flags)
    assert isinstance(found, Settings), found
    return found


def problems(
    tmp_path: Path,
    text: str | None = None,
    env: Mapping[str, str] | None = None,
    **flags: object,
) -> list[str]:
    found = load_settings(written(tmp_path, text), env or {}, flags)
    assert isinstance(found, SettingsProblems)
    return [line.removeprefix(f"{tmp_path}/") for line in found.lines]


def written(tmp_path: Path, text: str | None) -> Path | None:
    if text is None:
        return None
    (tmp_path / "gate.yaml").write_text(text)
    return tmp_path / "gate.yaml"


def test_without_any_source_there_are_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "# nothing\n").model_dump() == Settings().model_dump()


def test_flags_go_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    text = "contact: file\nsession: {idle: 10m, absolute: 20m}\nworkers: 1\n"
    env = {"GATE_CONTACT": "env", "GATE_SESSION_IDLE": "15m"}
    settings = load(tmp_path, text, env, contact="flag", **{"log.level": "error"})
    assert (settings.contact, settings.workers, settings.log.level) == ("flag", 1, "error")
    assert settings.session.idle == timedelta(minutes=15)
    assert settings.session.absolute == timedelta(minutes=20)


def test_flags_that_were_not_given_change_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "contact: file", contact=None, listen=()).contact == "file"


def test_paths_of_a_file_are_beside_it(tmp_path: Path) -> None:
    settings = load(tmp_path, "policies: rules\nstate: sqlite:///state/gate.db\nmaster_key: /k\n")
    assert settings.policies == tmp_path / "rules"
    assert settings.sqlite_file == tmp_path / "state" / "gate.db"
    assert settings.key_file == Path("/k")


def test_paths_of_a_flag_are_where_one_stands(tmp_path: Path) -> None:
    assert load(tmp_path, "contact: a", policies="rules").policies == Path("rules")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sesion: {idle: 1h}", "gate.yaml:1:1: unknown setting `sesion`; did you mean `session`?"),
        (
            "session:\n  idel: 1h",
            "gate.yaml:2:3: unknown setting `session.idel`; did you mean `idle`?",
        ),
        ("session: {idle: soon}", "gate.yaml:1:17: `session.idle` `soon` is no time span;"),
        ("session: {idle: 1s}", "gate.yaml:1:17: `session.idle` is too small; write at least"),
        ("session: 1h", "gate.yaml:1:1: `session` does not have the right form;"),
        ("session: {idle: 2h, absolute: 1h}", "gate.yaml:1:1: `session` `idle` is longer"),
        ("log: {level: loud}", "gate.yaml:1:14: `log.level` is none of the words that are known;"),
        ("workers: 100", "gate.yaml:1:10: `workers` is too large; write at most 64"),
        ("workers:", "gate.yaml:1:1: `workers` has no value; write one or delete the key"),
        ("listen: [a, {b: c}]", "gate.yaml:1:9: `listen` `a` is no address and port;"),
        ("listen: [{b: c}]", "gate.yaml:1:9: `listen` takes one value,"),
        ("trusted_proxies: [0.0.0.0/0]", "gate.yaml:1:18: `trusted_proxies` trusted proxies cover"),
        ("workers: 1\nworkers: 2", "gate.yaml:2:1: `workers` stands twice,"),
        ("workers: [1", "gate.yaml:2:1: did not find expected ',' or ']';"),
        ("- workers", "gate.yaml:1:1: settings are `key: value` entries; write some"),
        (
            "upstream: http://a\npolicies: b",
            "settings: `upstream` and `policies` exclude each other;",
        ),
    ],
)
def test_t101_a_problem_of_the_file_has_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text)[0].startswith(expected)


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    lines = problems(
        tmp_path, "workers: none\nlisten: x\nfoo: 1", {"GATE_CONTAKT": "a"}, **{"log.level": "x"}
    )
    assert len(lines) == 5


def test_t101_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    found = load_settings(tmp_path / "lost.yaml", {}, {})
    assert isinstance(found, SettingsProblems)
    assert found.lines == (
        f"{tmp_path}/lost.yaml: can't be read: No such file or directory; check --config",
    )


def test_a_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_bytes(b"\xff")
    found = load_settings(tmp_path / "gate.yaml", {}, {})
    assert isinstance(found, SettingsProblems)
    assert "it is no UTF-8 text" in found.lines[0]


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            {"GATE_SESION_IDLE": "1h"},
            "GATE_SESION_IDLE: unknown variable; did you mean `GATE_SESSION_IDLE`?",
        ),
        ({"GATE_SESSION_IDLE": "48h"}, "GATE_SESSION_IDLE: `session` `idle` is longer than"),
        ({"GATE_SESSION_IDLE": "1"}, "GATE_SESSION_IDLE: `session.idle` `1` is no time span;"),
        ({"GATE_CONTACT_FILE": "/x"}, "GATE_CONTACT_FILE: unknown variable"),
        ({"GATE_STATE_FILE": "/lost"}, "GATE_STATE_FILE: `/lost` can't be read: No such file"),
    ],
)
def test_a_problem_of_the_environment_names_the_variable(
    tmp_path: Path, env: dict[str, str], expected: str
) -> None:
    assert problems(tmp_path, env=env)[0].startswith(expected)


def test_a_problem_of_a_flag_names_the_flag(tmp_path: Path) -> None:
    assert problems(tmp_path, public_url="x")[0].startswith(
        "--public-url: `public_url` `x` is no URL"
    )


@pytest.mark.parametrize(
    "name",
    [
        "GATE_PORT",
        "GATE_PORT_80_TCP",
        "GATE_SERVICE_HOST",
        "GATE_SERVICE_PORT_HTTP",
        "GATE_CONFIG",
        "PATH",
    ],
)
def test_variables_that_mean_something_else_are_left_alone(tmp_path: Path, name: str) -> None:
    load(tmp_path, env={name: "x"})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("sqlite:///secret.db\n")
    settings = load(tmp_path, env={"GATE_STATE_FILE": str(tmp_path / "state")})
    assert settings.sqlite_file == Path("secret.db")


@pytest.mark.parametrize(("content", "expected"), [(b" \n", "is empty;"), (b"\xff", "no UTF-8")])
def test_t101_a_secret_that_is_not_in_its_file_is_a_problem(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "state").write_bytes(content)
    lines = problems(tmp_path, env={"GATE_STATE_FILE": str(tmp_path / "state")})
    assert expected in lines[0]


def test_every_setting_has_a_variable_of_its_own() -> None:
    names = variable_names()
    assert names["GATE_LIMITS_BODY_IDLE"] == ("limits", "body_idle")
    assert len(names) == len(set(names.values()))


def test_a_list_in_a_variable_has_commas(tmp_path: Path) -> None:
    settings = load(tmp_path, env={"GATE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"})
    assert len(settings.trusted_proxies.networks) == 2


def test_a_flag_below_something_that_is_no_mapping_is_a_problem(tmp_path: Path) -> None:
    lines = problems(tmp_path, "session: x", None, **{"session.idle": "1h"})
    assert lines[0].startswith("gate.yaml:1:1: `session`")


def test_files_of_tls_are_beside_the_settings_file(tmp_path: Path) -> None:
    text = (
        "listen: [https://127.0.0.1:8443]\ntls:\n  - {cert: a.pem, key: /b.key, hosts: [a.test]}\n"
    )
    settings = load(tmp_path, text)
    (pair,) = settings.tls
    assert (pair.cert, pair.key, pair.hosts) == (tmp_path / "a.pem", Path("/b.key"), ("a.test",))
    assert Settings.from_written(dict(settings.written)).tls == settings.tls
    env = {"GATE_LISTEN": "https://127.0.0.1:8443", "GATE_TLS": "a.pem:b.key"}
    assert load(tmp_path, None, env).tls[0].key == Path("b.key")


def test_what_is_wrong_in_a_list_of_settings_has_the_place_of_the_list(tmp_path: Path) -> None:
    text = "listen: [https://127.0.0.1:8443]\ntls:\n  - {cert: a.pem, kee: b.key}\n"
    assert problems(tmp_path, text) == [
        "gate.yaml:3:3: `tls.key` is missing; write it",
        "gate.yaml:3:3: unknown setting `tls.kee`; did you mean `key`?",
    ]
    assert problems(tmp_path, text.replace("kee: b.key", "key: ")) == [
        "gate.yaml:3:3: `tls.key` takes one value, not a list or a mapping"
    ]
    assert problems(tmp_path, "tls: [[a]]") == [
        "gate.yaml:1:6: `tls` does not have the right form; see the settings in the README"
    ]
