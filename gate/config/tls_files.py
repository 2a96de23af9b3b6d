"""Settings of TLS: which certificate and key serve which hosts; files, never their content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from gate.config.policy_hosts import parse_authority
from gate.config.setting_types import File, texts
from gate.config.shapes import shown

ANY_LABEL: Final = "*."  # in front of a name: exactly one label more


def _host(value: object) -> str:
    text = str(value).lower()
    wildcard = ANY_LABEL if text.startswith(ANY_LABEL) else ""
    host = parse_authority(text.removeprefix(wildcard))
    if host is None or host.port is not None:
        raise ValueError(
            f"{shown(text)} is no host; write a name without port, such as wiki.example.com"
        )
    return f"{wildcard}{host.name}"


def _hosts(value: object) -> tuple[str, ...]:
    return tuple(_host(each) for each in texts(value))


class CertificateFiles(BaseModel):
    """The files of one certificate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cert: File = Field(description="The certificate with the chain behind it, as PEM.")
    key: File = Field(description="Its private key, as PEM and without a passphrase.")
    hosts: Annotated[tuple[str, ...], BeforeValidator(_hosts)] = Field(
        default=(), description="Hosts that it serves; none given: all names in it."
    )


def _pair(value: object) -> object:
    """Give the entry of a pair that is written as `CERT:KEY`, as in the environment."""
    if not isinstance(value, str):
        return value
    cert, colon, key = value.partition(":")
    if not (cert and colon and key):
        raise ValueError(f"{shown(value)} names no two files; write CERT:KEY")
    return {"cert": cert, "key": key}


def _pairs(value: object) -> tuple[object, ...]:
    if isinstance(value, Mapping):
        raise ValueError("takes a list; put `- ` in front of `cert`")  # noqa: TRY004 - a half sentence about the text
    return tuple(_pair(each) for each in texts(value))


def _as_text(value: tuple[Any, ...]) -> str:
    return ", ".join(f"{each.cert}:{each.key}" for each in value)


Certificates = Annotated[
    tuple[CertificateFiles, ...],
    BeforeValidator(_pairs),
    PlainSerializer(_as_text, return_type=str),
]
