"""Settings: defaults, and what has to fit together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from gate.config.settings import Settings


def fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, each in model.model_fields.items():
        yield name, each
        if isinstance(each.annotation, type) and issubclass(each.annotation, BaseModel):
            yield from fields(each.annotation)


def refusal(**written: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings.from_written(written)
    return caught.value.errors()[0]["msg"]


def test_every_setting_says_what_it_means_and_has_a_default() -> None:
    for name, field in fields(Settings):
        assert (field.description or "").endswith("."), name
        assert not field.is_required(), name


def test_the_gate_listens_on_this_machine_alone_by_default() -> None:
    assert [str(each) for each in Settings().listen] == ["127.0.0.1:8080", "[::1]:8080"]


def test_t07_nobody_is_trusted_by_default() -> None:
    assert Settings().trusted_proxies.networks == ()


def test_the_state_lies_in_a_folder_of_its_own() -> None:
    settings = Settings()
    assert settings.sqlite_file == Path("gate-state/gate.db")
    assert settings.key_file == Path("gate-state/master.key")
    assert "gate.db" not in repr(settings)


def test_the_key_lies_where_it_is_said() -> None:
    settings = Settings.from_written({"state": "postgresql://me@db/gate", "master_key": "/etc/key"})
    assert (settings.sqlite_file, settings.key_file) == (None, Path("/etc/key"))


def test_g26_a_store_elsewhere_needs_to_know_its_key() -> None:
    assert "`master_key` is missing;" in refusal(state="postgresql://me@db/gate")


def test_the_built_in_policy_and_a_folder_exclude_each_other() -> None:
    assert "`upstream` and `policies` exclude" in refusal(upstream="http://a", policies="b")


def test_a_session_is_idle_before_it_is_over() -> None:
    assert "`idle` is longer than `absolute`;" in refusal(session={"idle": "2h", "absolute": "1h"})
    settings = Settings.from_written({"session": {"idle": "1h", "absolute": "1h"}})
    assert settings.session.idle == settings.session.absolute == timedelta(hours=1)


def test_tls_needs_an_address_a_certificate_and_an_https_url() -> None:
    listen, tls = ["https://127.0.0.1:8443", "127.0.0.1:8080"], [{"cert": "a", "key": "b"}]
    settings = Settings.from_written({"listen": listen, "tls": tls})
    assert [each.tls for each in settings.listen] == [True, False]
    assert settings.ends_tls
    assert not Settings().ends_tls
    assert "`tls` is missing; give `listen`" in refusal(listen=listen)
    assert "`tls` is for no address; write https://" in refusal(tls=tls)
    words = refusal(listen=listen, tls=tls, public_url="http://localhost:8443")
    assert "`public_url` is http and `listen` has TLS; write https" in words


def test_r7_nobody_speaks_the_proxy_protocol_by_default() -> None:
    assert Settings().proxy_protocol.networks == ()
    assert "cover every address" in refusal(proxy_protocol=["0.0.0.0/0", "::/0"])


def test_g20_a_first_sign_in_enrols_nobody_by_default_and_only_from_given_networks() -> None:
    assert Settings().first_sign_in_from.networks == ()
    words = refusal(enrolment="first_sign_in")
    assert "`enrolment_networks` is missing" in words
    written = {"enrolment": "first_sign_in", "enrolment_networks": ["10.0.0.0/8"]}
    settings = Settings.from_written(written)
    assert [str(each) for each in settings.first_sign_in_from.networks] == ["10.0.0.0/8"]
    alone = Settings.from_written({"enrolment_networks": ["10.0.0.0/8"]})
    assert alone.first_sign_in_from.networks == ()


def test_there_is_a_worker_at_least() -> None:
    assert Settings().workers >= 1
    assert refusal(workers="0")
    assert refusal(workers="65")


def test_settings_travel_as_they_were_written() -> None:
    written = {"listen": ["8081"], "session": {"idle": "5m"}, "state": "sqlite:///a/b.db"}
    settings = Settings.from_written(written)
    assert settings.written == written
    again = Settings.from_written(dict(settings.written))
    assert again.model_dump(mode="json") == settings.model_dump(mode="json")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().contact = "me"
