"""Types of settings: each turns the text of a file, a variable or a flag into a value, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, override

from pydantic import BeforeValidator, PlainSerializer

from gate.config.policy_hosts import DEFAULT_PORTS, parse_authority, parse_upstream
from gate.config.shapes import parse_duration, shown
from gate.core.client_address import trusted_proxies
from gate.core.located import Problems
from gate.core.network import Allowlist, NetworkProblem, parse_allowlist
from gate.core.secret_text import Secret

NOWHERE: Final = Allowlist()
LOOPBACK_NAME: Final = "localhost"
_WORD: Final = re.compile(r"(?:true|false)")
_UNIX: Final = "unix:"
_TLS: Final = "https://"


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine: `localhost`, a name below it, or a loopback address."""
    plain = host.removeprefix("[").removesuffix("]")
    if plain == LOOPBACK_NAME or plain.endswith(f".{LOOPBACK_NAME}"):
        return True
    try:
        return ip_address(plain).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address and port to listen on; `host` is an address without brackets.

    With `tls` connections begin with a TLS handshake there.
    """

    host: str
    port: int
    tls: bool = False

    @override
    def __str__(self) -> str:
        """Give `host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnixSocket:
    """A socket in the file system to listen on."""

    path: Path

    @override
    def __str__(self) -> str:
        """Give `unix:PATH`."""
        return f"{_UNIX}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Scheme, host and port of the gate's own pages; an IPv6 host has its brackets."""

    scheme: str
    host: str
    port: int

    @property
    def is_secure(self) -> bool:
        """Whether pages come over TLS."""
        return self.scheme == "https"

    @override
    def __str__(self) -> str:
        """Give the origin as browsers write it, without the scheme's own port."""
        usual = self.port == DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if usual else f":{self.port}")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("takes one value, not a list or a mapping")
    return value.strip()


def _span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    parsed = parse_duration(_text(value))
    if isinstance(parsed, str):
        raise ValueError(parsed)  # noqa: TRY004 - a half sentence about the text, not a type
    return parsed


def _wait(value: object) -> timedelta:
    return timedelta() if value == "0s" else _span(value)


def _number(value: object) -> int:
    if isinstance(value, int):
        return value
    text = _text(value)
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text, re.ASCII):
        raise ValueError(f"{shown(text)} is no number; write digits")
    return int(text)


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value)
    if not _WORD.fullmatch(text):
        raise ValueError(f"{shown(text)} is neither `true` nor `false`; write one of them")
    return text == "true"


def _endpoint(value: object) -> Endpoint:
    if isinstance(value, Endpoint):
        return value
    text = _text(value)
    host = parse_authority(text if ":" in text else f"127.0.0.1:{text}")
    if host is None or host.port is None:
        raise ValueError(f"{shown(text)} is no address and port; write such as 127.0.0.1:8080")
    plain = host.name.removeprefix("[").removesuffix("]")
    try:
        return Endpoint(host=str(ip_address(plain)), port=host.port)
    except ValueError:
        raise ValueError(
            f"{shown(text)} names a host; write its address, such as 127.0.0.1:{host.port}"
        ) from None


def _admin(value: object) -> Endpoint | UnixSocket:
    if isinstance(value, UnixSocket):
        return value
    if isinstance(value, str) and value.startswith(_UNIX):
        return UnixSocket(path=Path(value.removeprefix(_UNIX)))
    endpoint = _endpoint(value)
    if not is_loopback(endpoint.host):
        raise ValueError(f"`{endpoint}` can be reached from outside; write such as 127.0.0.1:9090")
    return endpoint


def texts(value: object) -> Sequence[object]:
    """Give the parts of a list, which one text holds with commas between them."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list | tuple):
        return value
    raise ValueError("takes a list")


def _listener(value: object) -> Endpoint:
    """Give an address to serve on, `https://` in front where TLS begins there."""
    if isinstance(value, str) and value.strip().lower().startswith(_TLS):
        return replace(_endpoint(value.strip()[len(_TLS) :].removesuffix("/")), tls=True)
    return _endpoint(value)


def _endpoints(value: object) -> tuple[Endpoint, ...]:
    endpoints = tuple(_listener(each) for each in texts(value))
    if not endpoints:
        raise ValueError("is an empty list; fill it or delete the key")
    return endpoints


def _proxies(value: object) -> Allowlist:
    if isinstance(value, Allowlist):
        return value
    proxies = trusted_proxies(_text(each) for each in texts(value))
    if isinstance(proxies, NetworkProblem):
        raise ValueError(proxies.message)  # noqa: TRY004 - what is wrong with the text
    return proxies


def _networks(value: object) -> Allowlist:
    if isinstance(value, Allowlist):
        return value
    parsed = parse_allowlist("\n".join(_text(each) for each in texts(value)))
    if isinstance(parsed, Problems):
        raise ValueError(parsed.items[0].message)  # noqa: TRY004 - what is wrong with the text
    return parsed


def _origin(value: object) -> Origin:
    if isinstance(value, Origin):
        return value
    text = _text(value)
    parsed = parse_upstream(text.removesuffix("/"))
    if isinstance(parsed, str):
        raise ValueError(f"{shown(text)} {parsed}")  # noqa: TRY004 - what is wrong with the text
    if parsed.scheme == "http" and not is_loopback(parsed.host):
        raise ValueError(
            f"{shown(text)} is not encrypted; write https, plain http is for this machine alone"
        )
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    return Origin(scheme=parsed.scheme, host=host, port=parsed.port)


def _upstream(value: object) -> str:
    text = _text(value).removesuffix("/")
    parsed = parse_upstream(text)
    if isinstance(parsed, str):
        raise ValueError(f"{shown(text)} {parsed}")  # noqa: TRY004 - what is wrong with the text
    return text


def _state(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    text = _text(value)
    if not re.match(r"sqlite:///.|postgresql://.", text):
        raise ValueError("is no store; write such as sqlite:///gate-state/gate.db")
    return Secret(text)


def _path(value: object) -> Path:
    return value if isinstance(value, Path) else Path(_text(value))


def _shown_as_text(value: object) -> str:
    return str(value)


_AS_TEXT: Final = PlainSerializer(_shown_as_text, return_type=str)

Span = Annotated[timedelta, BeforeValidator(_span)]
Wait = Annotated[timedelta, BeforeValidator(_wait)]
Number = Annotated[int, BeforeValidator(_number)]
Switch = Annotated[bool, BeforeValidator(_switch)]
Line = Annotated[str, BeforeValidator(_text)]
Listen = Annotated[tuple[Endpoint, ...], BeforeValidator(_endpoints), _AS_TEXT]
AdminListen = Annotated[Endpoint | UnixSocket, BeforeValidator(_admin), _AS_TEXT]
Networks = Annotated[Allowlist, BeforeValidator(_networks), _AS_TEXT]
Proxies = Annotated[Allowlist, BeforeValidator(_proxies), _AS_TEXT]
PublicUrl = Annotated[Origin, BeforeValidator(_origin), _AS_TEXT]
UpstreamUrl = Annotated[str, BeforeValidator(_upstream)]
State = Annotated[Secret, BeforeValidator(_state), _AS_TEXT]
File = Annotated[Path, BeforeValidator(_path), _AS_TEXT]
