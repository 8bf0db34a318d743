"""Addresses, credentials and limits of stores elsewhere, from the environment and netrc."""

from __future__ import annotations

import base64
import ipaddress
import netrc
import os
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks. Nothing of it is ever shown.

    Example:
        >>> Credentials("ann", "secret")
        Credentials(user='ann')
        >>> Credentials("ann", "secret").redact("ann:secret")
        'ann:***'
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def redact(self, text: str) -> str:
        """Take what is secret out of a text."""
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        for secret in (pair if self.password else "", self.password, self.token):
            if secret:
                text = text.replace(secret, HIDDEN)
        return text


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds, and how much to read, in bytes."""

    connect: float = 10.0
    read: float = 300.0
    total: float = 3600.0
    size: int = 4 << 30
    attempts: int = 4
    patience: float = 30.0
    """The longest time that a server may ask to be left alone before the next attempt."""


def read_limits(environ: Mapping[str, str]) -> Limits:
    """Read the limits from the environment.

    Raises:
        SettingsError: If one is no positive number.

    Example:
        >>> read_limits({"KG_STORE_READ_SECONDS": "5"}).read
        5.0
    """
    plain = Limits()
    return Limits(
        connect=_number(environ, "KG_STORE_CONNECT_SECONDS", plain.connect),
        read=_number(environ, "KG_STORE_READ_SECONDS", plain.read),
        total=_number(environ, "KG_STORE_TOTAL_SECONDS", plain.total),
        size=int(_number(environ, "KG_STORE_MAX_BYTES", plain.size)),
    )


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    try:
        value = float(text) if text else float(default)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise SettingsError(
            "store-setting", f"{name} is {text!r}", hint="give a number greater than 0"
        )
    return value


def check_url(url: str, option: str) -> str:
    """Return an address of a server when it is one that may be used.

    Raises:
        SettingsError: If it is no http or https address, or holds a name or a password.

    Example:
        >>> check_url("http://127.0.0.1:7878/query", "--store")
        'http://127.0.0.1:7878/query'
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = None, None
    if parts is not None and (parts.username is not None or parts.password is not None):
        raise SettingsError(
            "store-url",
            f"{option} holds credentials: {show_url(url)}",
            hint="leave them out of the address, where logs and lists of processes show them; "
            "set KG_STORE_USER and KG_STORE_PASSWORD, or write them into ~/.netrc",
        )
    if parts is None or parts.scheme not in ("http", "https") or not host or parts.fragment:
        raise SettingsError(
            "store-url",
            f"{option} is no address of a server: {show_url(url)}",
            hint="give one such as http://127.0.0.1:7878/query",
        )
    return url


def show_url(url: str) -> str:
    """Write an address without credentials, query or anything that is no plain text.

    Example:
        >>> show_url("https://ann:secret@example.org/sparql?query=x")
        'https://example.org/sparql'
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    host = f"[{host}]" if ":" in host else host
    start = f"{parts.scheme}://" if parts.scheme else ""
    shown = f"{start}{host}{port}{parts.path}" if host else parts.path.rpartition("@")[2]
    return "".join(letter if letter.isprintable() else "?" for letter in shown)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("example.org")
        (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def find_credentials(host: str, environ: Mapping[str, str] = os.environ) -> Credentials:
    """Find the credentials for a host: in the environment, else in netrc.

    Raises:
        SettingsError: If the file named by NETRC, or ~/.netrc, cannot be read.

    Example:
        >>> find_credentials("example.org", {"KG_STORE_USER": "ann", "KG_STORE_PASSWORD": "x"})
        Credentials(user='ann')
    """
    token = environ.get("KG_STORE_TOKEN", "")
    user = environ.get("KG_STORE_USER", "")
    if token or user:
        return Credentials(user, environ.get("KG_STORE_PASSWORD", ""), token)
    named = environ.get("NETRC", "")
    path = Path(named) if named else Path(environ.get("HOME", "~")).expanduser() / ".netrc"
    if not named and not path.is_file():
        return Credentials()
    try:
        found = netrc.netrc(str(path)).authenticators(host)
    except netrc.NetrcParseError as error:
        # What the parser says can hold a password: only the line is passed on.
        raise SettingsError(
            "store-netrc", f"{path} cannot be read at line {error.lineno}", hint="mend that line"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "store-netrc", f"{path} cannot be read ({type(error).__name__})", hint="check NETRC"
        ) from None
    if found is None:
        return Credentials()
    return Credentials(found[0] or "", found[2] or "")
