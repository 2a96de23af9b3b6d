"""Sockets: a taken port is noticed, workers share one, the pages listen on loopback alone."""

from __future__ import annotations

import socket

import pytest

from gate.cli.listening import LOOPBACK, free_endpoints, loopback_listener, shared_sockets
from gate.config.setting_types import Endpoint
from gate.core.errors import PortTaken
from tests.support.gate_process import free_port


def endpoint(port: int, host: str = LOOPBACK) -> Endpoint:
    return Endpoint(host=host, port=port)


def test_a_free_address_is_given_back() -> None:
    wanted = (endpoint(free_port()), endpoint(free_port()))
    assert free_endpoints(wanted) == wanted


@pytest.mark.parametrize("shared", [False, True])
def test_a_taken_port_is_noticed_also_when_its_holder_shares(*, shared: bool) -> None:
    with socket.socket() as holder:
        if shared:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((LOOPBACK, 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(PortTaken, match=f"{LOOPBACK}:{port}"):
            free_endpoints([endpoint(port)])
        with pytest.raises(PortTaken):
            free_endpoints([endpoint(free_port()), endpoint(port)])


def test_an_address_that_is_not_of_this_machine_is_refused() -> None:
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1"):
        free_endpoints([endpoint(8080, "192.0.2.1")])


def test_workers_bind_one_port() -> None:
    wanted = [endpoint(free_port())]
    first, second = shared_sockets(wanted), shared_sockets(wanted)
    try:
        assert first[0].getsockname() == second[0].getsockname() == (LOOPBACK, wanted[0].port)
        first[0].listen()
        with pytest.raises(PortTaken):
            free_endpoints(wanted)
    finally:
        for each in (*first, *second):
            each.close()


def test_a_shared_port_that_somebody_holds_alone_is_an_error() -> None:
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        with pytest.raises(OSError, match="in use"):
            shared_sockets([endpoint(holder.getsockname()[1])])


def test_g22_the_pages_listen_on_loopback_and_are_inherited() -> None:
    with loopback_listener() as listener:
        assert listener.getsockname()[0] == LOOPBACK
        assert listener.get_inheritable()
        with socket.create_connection(listener.getsockname(), timeout=30):
            pass
