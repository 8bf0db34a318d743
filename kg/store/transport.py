"""HTTP for stores elsewhere: credentials, time-outs, retries, and errors that a person can mend."""

from __future__ import annotations

import contextlib
import email.utils
import random
import re
import time
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from kg.errors import StoreError
from kg.resources import VERSION
from kg.store.credentials import Credentials, find_credentials, is_loopback, show_url

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from kg.store.credentials import Limits

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_BUSY: Final = frozenset({429, 502, 503, 504})
"""Statuses of a server that may do the same thing in a moment."""
_SAID: Final = 300
_READ_OF_ERROR: Final = 65_536
_CHUNK: Final = 65_536
_FIRST_PAUSE: Final = 0.5


class ChallengedAuth(httpx.Auth):
    """Credentials that are shown only when a server asks for them, in the way that it asks for.

    A token is sent at once. Name and password answer a Digest challenge rather than a Basic one
    where both are offered.
    """

    def __init__(self, credentials: Credentials, *, plain: bool) -> None:
        self._held = credentials
        self._plain = plain
        self._chosen: httpx.BasicAuth | httpx.DigestAuth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Answer the challenge of a server, once."""
        if self._held.token:
            self._refuse_plain(request)
            request.headers["Authorization"] = f"Bearer {self._held.token}"
            yield request
            return
        if self._chosen is not None:
            yield from self._chosen.auth_flow(request)
            return
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED or not self._held.user:
            return
        offered = response.headers.get("www-authenticate", "").lower()
        pair = (self._held.user, self._held.password)
        if "digest" in offered:
            self._chosen = httpx.DigestAuth(*pair)
            flow = self._chosen.auth_flow(request)
            next(flow)
            with contextlib.suppress(StopIteration):
                yield flow.send(response)
        elif "basic" in offered:
            self._refuse_plain(request)
            self._chosen = httpx.BasicAuth(*pair)
            yield next(self._chosen.auth_flow(request))

    def _refuse_plain(self, request: httpx.Request) -> None:
        if request.url.scheme == "http" and not self._plain and not is_loopback(request.url.host):
            raise StoreError(
                "store-plain",
                f"{show_url(str(request.url))} would get a password or token over plain HTTP",
                hint="give the https address, or set KG_STORE_PLAIN=yes on a network you trust",
            )


class Body:
    """The bytes of an answer as a file, never more than is allowed."""

    def __init__(self, response: httpx.Response, limits: Limits) -> None:
        self._response = response
        self._pieces = response.iter_bytes(_CHUNK)
        self._rest = b""
        self._read = 0
        self._limits = limits
        self._until = time.monotonic() + limits.total

    def read(self, size: int = -1) -> bytes:
        """Return up to so many bytes; all that is left when no number is given."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        while not self._rest:
            try:
                piece = next(self._pieces, None)
            except httpx.HTTPError as error:
                raise _as_error(error, str(self._response.url)) from error
            if piece is None:
                return b""
            self._rest = piece
            self._read += len(piece)
            self._check()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _check(self) -> None:
        where = show_url(str(self._response.url))
        if self._read > self._limits.size:
            raise StoreError(
                "store-too-large",
                f"{where} answers with more than {self._limits.size} bytes",
                hint="ask for less, or raise KG_STORE_MAX_BYTES",
            )
        if time.monotonic() > self._until:
            raise StoreError(
                "store-timeout",
                f"{where} was still answering after {self._limits.total:g} s",
                hint="ask for less, or raise KG_STORE_TOTAL_SECONDS",
            )


class Transport:
    """Calls to servers, each with the credentials of its own address and no other.

    Redirects are never followed: where a server has moved is for a person to decide.

    Args:
        limits: Time-outs and sizes.
        environ: Where credentials are found.
        pause: How to wait between attempts.
    """

    def __init__(
        self,
        limits: Limits,
        environ: Mapping[str, str],
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self._environ = environ
        self._pause = pause
        self._clients: dict[str, httpx.Client] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _client(self, url: httpx.URL) -> httpx.Client:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._clients:
            limits = self.limits
            here = is_loopback(url.host)
            headers = {"User-Agent": f"policy-lineage/{VERSION}"}
            if here:
                headers["Accept-Encoding"] = "identity"  # packing costs more than it saves
            self._clients[origin] = httpx.Client(
                verify=url.scheme == "https",  # plain HTTP needs no certificates read
                timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=limits.connect),
                auth=ChallengedAuth(
                    find_credentials(url.host, self._environ),
                    plain=self._environ.get("KG_STORE_PLAIN") == "yes",
                ),
                follow_redirects=False,
                trust_env=not here,
                headers=headers,
            )
        return self._clients[origin]

    @contextlib.contextmanager
    def call(
        self,
        method: str,
        url: str,
        *,
        idempotent: bool | None = None,
        accepted: frozenset[int] = frozenset(),
        **request: Any,  # noqa: ANN401
    ) -> Iterator[httpx.Response]:
        """Make a call and yield the answer, not yet read, when its status is a success.

        Args:
            method: The HTTP method.
            url: The address.
            idempotent: Whether it may be tried again; by its method when left out.
            accepted: Statuses that are as good as success.
            request: What `httpx.Client.build_request` takes.

        Raises:
            StoreError: If there is no answer, or not one of success.
        """
        again = method in IDEMPOTENT if idempotent is None else idempotent
        response = self._attempt(method, url, again=again, **request)
        try:
            if response.status_code not in accepted:
                _check_status(response, self._body_of_error(response))
            yield response
        except httpx.HTTPError as error:
            raise _as_error(error, url) from error
        finally:
            response.close()

    def _attempt(
        self,
        method: str,
        url: str,
        *,
        again: bool,
        **request: Any,  # noqa: ANN401
    ) -> httpx.Response:
        client = self._client(httpx.URL(url))
        for number in range(self.limits.attempts):
            last = not again or number + 1 == self.limits.attempts
            pause = _FIRST_PAUSE * 2**number * (1 + random.random() / 4)  # noqa: S311 - no secret
            try:
                made = client.build_request(method, url, **request)
                response = client.send(made, stream=True)
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                # A read that timed out is not tried again: the server may still be at work.
                if last:
                    raise _as_error(error, url) from error
            except httpx.HTTPError as error:
                raise _as_error(error, url) from error
            else:
                if response.status_code not in _BUSY or last:
                    return response
                wanted = retry_after(response.headers.get("retry-after", ""))
                if wanted > self.limits.patience:
                    return response
                pause = max(pause, wanted)
                response.close()
            self._pause(pause)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _body_of_error(self, response: httpx.Response) -> str:
        """Return what a server says about its refusal, without anything that is secret."""
        if response.is_success:
            return ""
        said = b""
        with contextlib.suppress(httpx.HTTPError):
            for piece in response.iter_bytes(_CHUNK):
                said += piece
                if len(said) > _READ_OF_ERROR:
                    break
        plain = re.sub(r"[^\x20-\x7e\xa0-\uffff]", " ", said.decode("utf-8", "replace"))
        text = " ".join(plain.split())
        if text.startswith("<"):
            text = " ".join(re.sub(r"<[^>]*>", " ", text).split())
        held = find_credentials(response.url.host, self._environ)
        return held.redact(text)[:_SAID]


def retry_after(header: str) -> float:
    """Return how many seconds a server asks to wait.

    Example:
        >>> retry_after("7"), retry_after("soon"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
        (7.0, 0.0, 0.0)
    """
    if header.strip().isdigit():
        return float(header)
    try:
        when = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    return max(0.0, when.timestamp() - time.time())


def _as_error(error: httpx.HTTPError, url: str) -> StoreError:
    where = show_url(url)
    if isinstance(error, httpx.TimeoutException):
        connecting = isinstance(error, httpx.ConnectTimeout)
        name = "KG_STORE_CONNECT_SECONDS" if connecting else "KG_STORE_READ_SECONDS"
        return StoreError(
            "store-timeout",
            f"{where} does not {'accept a connection' if connecting else 'answer'} in time",
            hint=f"is the server busy? ask for less, or raise {name}",
        )
    if isinstance(error, httpx.ConnectError):
        return StoreError(
            "store-unreachable",
            f"nothing answers at {where}",
            hint="check the address, and that the server is running",
        )
    return StoreError(
        "store-broken-off",
        f"{where} broke off ({type(error).__name__})",
        hint="try again; if it happens again, look into the server's log",
    )


def _check_status(response: httpx.Response, said: str) -> None:
    if response.is_success:
        return
    where = show_url(str(response.url))
    status = response.status_code
    words = f"{status} {response.reason_phrase}".strip()
    if response.is_redirect:
        raise StoreError(
            "store-redirect",
            f"{where} has moved to {show_url(response.headers.get('location', ''))}",
            hint="redirects are not followed; if you trust that address, give it instead",
        )
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise StoreError(
            "store-credentials",
            f"{where} does not let you in: {words}",
            hint="set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN, or an entry of "
            "~/.netrc for that host; the account must be allowed to do this",
        )
    if status in _BUSY:
        wait = retry_after(response.headers.get("retry-after", ""))
        when = f"; it asks to wait {wait:g} s" if wait else ""
        raise StoreError("store-busy", f"{where} is busy: {words}{when}", hint="try again later")
    raise StoreError(
        "store-refused",
        f"{where} refuses: {words}" + (f": {said}" if said else ""),
        hint="check that the address is that of a SPARQL 1.1 service of this kind",
    )
