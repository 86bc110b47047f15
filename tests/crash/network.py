"""A network of hosts on this machine: one namespace each, and a switch whose ports can be pulled out.

Nothing of the machine's own network is touched: the switch lies in a namespace, too. A cable that is pulled
out says nothing to either end, so that connections stay half open, as they do when a machine vanishes.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

__all__ = ["Host", "Network", "network", "why_there_is_none"]

_NET = "10.77.0"
_numbers = count(1)


@dataclass(frozen=True)
class Host:
    """A host that has an address, and a cable to the switch."""

    name: str
    address: str
    switch: str

    @property
    def command(self) -> tuple[str, ...]:
        """What runs the command behind it on this host, as the same process."""
        return ("ip", "netns", "exec", self.name)

    def pull_out(self) -> None:
        """Cut the host off, without a word to anybody."""
        _ip("-n", self.switch, "link", "set", self.name, "down")

    def plug_in(self) -> None:
        """Let the host be there again."""
        _ip("-n", self.switch, "link", "set", self.name, "up")


class Network:
    """A switch, and hosts that are plugged into it as they are asked for."""

    def __init__(self) -> None:
        # Names of interfaces end at 15 letters.
        self._name = f"dgz{os.getpid()}-{next(_numbers)}"
        self._addresses = count(1)
        self._made: list[str] = []

    def lay_out(self) -> None:
        """Set up the switch."""
        self._make(self._name)
        _ip("-n", self._name, "link", "add", "name", "switch", "type", "bridge")
        _ip("-n", self._name, "link", "set", "switch", "up")

    def host(self) -> Host:
        """Return a host that is new."""
        number = next(self._addresses)
        host = Host(f"{self._name}-{number}", f"{_NET}.{number}", self._name)
        self._make(host.name)
        ends = ("type", "veth", "peer", "name", "cable", "netns", host.name)
        _ip("-n", self._name, "link", "add", "name", host.name, *ends)
        _ip("-n", self._name, "link", "set", host.name, "master", "switch")
        _ip("-n", host.name, "address", "add", f"{host.address}/24", "dev", "cable")
        for interface in ("lo", "cable"):
            _ip("-n", host.name, "link", "set", interface, "up")
        host.plug_in()
        return host

    def _make(self, name: str) -> None:
        _ip("netns", "add", name)
        self._made.append(name)

    def close(self) -> None:
        """Take everything away; what runs on a host goes on without a network."""
        for name in reversed(self._made):
            _ip("netns", "delete", name)


@contextmanager
def network() -> Iterator[Network]:
    """Return a network of which nothing is left."""
    made = Network()
    try:
        made.lay_out()
        yield made
    finally:
        made.close()


def why_there_is_none() -> str:
    """Say why no network can be made here; empty where one can."""
    if shutil.which("ip") is None:
        return "iproute2 is not installed"
    if os.geteuid() != 0:
        return "namespaces of the network are made by root alone"
    try:
        with network() as made:
            made.host()
    except subprocess.CalledProcessError as error:
        return f"namespaces of the network cannot be made: {error.stderr.strip()}"
    return ""


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
