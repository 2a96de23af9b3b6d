"""Settings: what an installation sets, each with its type, default and meaning.

They come from a file (`--config FILE`), from `GATE_*` in the environment and from flags; the
later ones override. Whatever is not known or not usable is a problem, and all are told at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from gate.config.limit_settings import LimitSettings
from gate.config.setting_types import (
    NOWHERE,
    AdminListen,
    Endpoint,
    File,
    Line,
    Listen,
    Networks,
    Number,
    Proxies,
    PublicUrl,
    Span,
    State,
    Switch,
    UpstreamUrl,
    Wait,
)
from gate.config.tls_files import Certificates
from gate.core.client_address import NOBODY
from gate.core.network import Allowlist
from gate.core.secret_text import Secret

SQLITE: Final = "sqlite:///"
KEY_FILE: Final = "master.key"
MOST_WORKERS: Final = 64

_STRICT: Final = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _cores() -> int:
    """Give the cores that this process may use."""
    return min(len(os.sched_getaffinity(0)), MOST_WORKERS)


class SessionSettings(BaseModel):
    """How long a session lives."""

    model_config = _STRICT

    idle: Annotated[Span, Field(ge=timedelta(minutes=1))] = Field(
        default=timedelta(hours=1),
        description="A session ends when nothing was opened in it for so long.",
    )
    absolute: Annotated[Span, Field(ge=timedelta(minutes=1))] = Field(
        default=timedelta(hours=24),
        description="A session ends so long after sign-in, however much it is used.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.idle > self.absolute:
            raise ValueError("`idle` is longer than `absolute`; write a shorter one")
        return self


class AuditSettings(BaseModel):
    """How decisions are recorded."""

    model_config = _STRICT

    required: Switch = Field(
        default=False,
        description="Write a decision's record before it is answered, and deny when that fails.",
    )
    anchor: File | None = Field(
        default=None,
        description="A file to which is appended how far the audit has come; on another disk.",
    )


class LogSettings(BaseModel):
    """What goes to standard error while the gate runs."""

    model_config = _STRICT

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important level that is written."
    )


class Settings(BaseModel):
    """All settings of an installation."""

    model_config = _STRICT

    listen: Listen = Field(
        default=(Endpoint(host="127.0.0.1", port=8080), Endpoint(host="::1", port=8080)),
        description="Addresses and ports to listen on; `https://` in front: with TLS.",
    )
    tls: Certificates = Field(
        default=(), description="The certificates of `https://` addresses, each with its key."
    )
    upstream: UpstreamUrl | None = Field(
        default=None,
        description="The site to guard under the built-in policy; a policy folder names its own.",
    )
    policies: File | None = Field(
        default=None, description="The folder with the policy; none: the built-in policy."
    )
    public_url: PublicUrl | None = Field(
        default=None,
        description="Where the gate's own pages live; none: the first host of the only site.",
    )
    plane: Literal["mitm"] = Field(
        default="mitm", description="The data plane that carries requests."
    )
    workers: Annotated[Number, Field(ge=1, le=MOST_WORKERS)] = Field(
        default_factory=_cores, description="Processes of the data plane; none given: one a core."
    )
    trusted_proxies: Proxies = Field(
        default=NOBODY,
        description="Proxies in front whose X-Forwarded-For is believed; never everybody.",
    )
    proxy_protocol: Proxies = Field(
        default=NOBODY,
        description="Proxies that begin each connection with a PROXY header, and have to.",
    )
    state: State = Field(
        default=Secret("sqlite:///gate-state/gate.db"),
        description="The store: `sqlite:///FILE` or `postgresql://...`.",
    )
    master_key: File | None = Field(
        default=None,
        description="The file of the master key; none: `master.key` beside the SQLite file.",
    )
    admin_listen: AdminListen | None = Field(
        default=None,
        description="Loopback address or `unix:PATH` of health, readiness and metrics.",
    )
    contact: Line = Field(
        default="the people who run this site",
        description="Whom pages name for help: a person, a desk, an address.",
    )
    session: SessionSettings = Field(
        default=SessionSettings(), description="How long a session lives."
    )
    new_key_wait: Wait = Field(
        default=timedelta(hours=24),
        description="A key added by a weaker proof counts as `security_key` so long after.",
    )
    enrolment: Literal["link", "first_sign_in"] = Field(
        default="link",
        description="How people come to a second factor: by a link, or at their first sign-in too.",
    )
    enrolment_networks: Networks = Field(
        default=NOWHERE, description="From where a first sign-in may set up a second factor."
    )
    limits: LimitSettings = Field(
        default=LimitSettings(), description="What one client, and all of them, may take."
    )
    audit: AuditSettings = Field(default=AuditSettings(), description="How decisions are recorded.")
    log: LogSettings = Field(default=LogSettings(), description="What is written while it runs.")

    _written: Mapping[str, object] = PrivateAttr(default_factory=dict)

    @classmethod
    def from_written(cls, written: Mapping[str, object]) -> Self:
        """Give the settings of plain values; raises pydantic's `ValidationError`."""
        return cls.model_validate(written).kept_as(written)

    def kept_as(self, written: Mapping[str, object]) -> Self:
        """Remember the plain values that these settings were made from."""
        self._written = written
        return self

    @property
    def written(self) -> Mapping[str, object]:
        """The plain values that these settings were made from, fit for JSON and secret."""
        return self._written

    @property
    def sqlite_file(self) -> Path | None:
        """The main file of a SQLite store; None for another store."""
        url = self.state.reveal()
        return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None

    @property
    def first_sign_in_from(self) -> Allowlist:
        """Give from where a first sign-in may set up a second factor; usually from nowhere."""
        return self.enrolment_networks if self.enrolment == "first_sign_in" else NOWHERE

    @property
    def ends_tls(self) -> bool:
        """Whether the gate itself ends TLS; plain connections are then sent to https."""
        return any(endpoint.tls for endpoint in self.listen)

    @property
    def key_file(self) -> Path:
        """Where the master key lies."""
        if self.master_key is not None:
            return self.master_key
        return (self.sqlite_file or Path(KEY_FILE)).with_name(KEY_FILE)

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.upstream is not None and self.policies is not None:
            raise ValueError("`upstream` and `policies` exclude each other; keep one of them")
        if self.sqlite_file is None and self.master_key is None:
            raise ValueError("`master_key` is missing; name its file when `state` is no SQLite")
        return self

    @model_validator(mode="after")
    def _enrolment_fits(self) -> Self:
        if self.enrolment == "first_sign_in" and not self.enrolment_networks.entries:
            raise ValueError(
                "`enrolment_networks` is missing; name from where people first sign in"
            )
        return self

    @model_validator(mode="after")
    def _tls_fits(self) -> Self:
        if self.ends_tls and not self.tls:
            raise ValueError("`tls` is missing; give `listen` with https:// a certificate")
        if self.tls and not self.ends_tls:
            raise ValueError("`tls` is for no address; write https:// in front of one in `listen`")
        if self.ends_tls and self.public_url is not None and not self.public_url.is_secure:
            raise ValueError("`public_url` is http and `listen` has TLS; write https")
        return self
