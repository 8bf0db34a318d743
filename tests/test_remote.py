"""Servers that misbehave: each gives the right error, and nothing secret is ever said."""

import base64
import contextlib
import gc
import gzip
import json
import logging
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest

import kg
from kg.bundled import find_release
from kg.cli import main
from kg.errors import InstallationError, QueryError, SettingsError, StoreError
from kg.servers import connect
from kg.sparql.execution import ask, ask_json
from kg.store import shards
from kg.store.credentials import Limits, find_credentials
from kg.store.publishing import Target, Writer, journal_path, publish_quads
from kg.store.remote import RemoteStore
from kg.store.spooling import spool_lines
from kg.store.transport import Transport

PASSWORD = "pa55-w0rd-of-ann"  # noqa: S105 - nobody has it
JSON = "application/sparql-results+json"
SELECT = "SELECT ?s WHERE { ?s ?p ?o }"
EMPTY = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'
SECRETS = {"KG_STORE_USER": "ann", "KG_STORE_PASSWORD": PASSWORD}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size)
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        script = self.server.script
        step = script.pop(0) if len(script) > 1 else script[0]
        step(self, body)

    do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815 - the names that the library calls

    def log_message(self, *_):
        pass

    def say(self, status=200, body=EMPTY, kind=JSON, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)


def saying(*arguments, **more):
    return lambda handler, _body: handler.say(*arguments, **more)


@contextlib.contextmanager
def server(*script):
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    made.script, made.seen = list(script), []
    made.url = f"http://127.0.0.1:{made.server_address[1]}/query"
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


@contextlib.contextmanager
def remote(url, environ=None, **limits):
    pauses = []
    known = Limits(**{"connect": 2.0, "read": 2.0, **limits})
    with Transport(known, environ or {"HOME": "/nowhere"}, pause=pauses.append) as transport:
        store = RemoteStore(transport, url)
        store.pauses = pauses
        yield store


def refused(url, environ=None, **limits):
    """Ask a server that will not do, and return the error with all that was said about it."""
    with remote(url, environ, **limits) as store, pytest.raises(StoreError) as caught:
        list(store.select(SELECT))
    assert caught.value.hint
    return caught.value


@pytest.fixture(autouse=True)
def nothing_leaks(caplog, capsys):
    caplog.set_level(logging.DEBUG)
    gc.collect()  # what tests before this one have left is dropped where it was made
    yield
    # Rows of the library may only be dropped in their own thread: an error must not hold them.
    collector = threading.Thread(target=gc.collect)
    collector.start()
    collector.join()
    said = caplog.text + "".join(capsys.readouterr())
    pair = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    assert PASSWORD not in said
    assert pair not in said


def test_busy_then_well():
    with server(saying(503), saying(502), saying()) as stub, remote(stub.url) as store:
        assert list(store.select(SELECT)) == []
        assert len(stub.seen) == 3
        assert store.pauses[1] > store.pauses[0] >= 0.5


def test_busy_for_good():
    with server(saying(503, b"")) as stub:
        assert refused(stub.url).code == "store-busy"
        assert len(stub.seen) == Limits().attempts


def test_a_wish_to_wait_is_honoured_within_bounds():
    with server(saying(429, Retry_After="7"), saying()) as stub, remote(stub.url) as store:
        assert list(store.select(SELECT)) == []
        assert store.pauses == [7.0]
    with server(saying(503, Retry_After="3600")) as stub:
        error = refused(stub.url)
        assert error.code == "store-busy"
        assert "3600" in error.message
        assert len(stub.seen) == 1


@contextlib.contextmanager
def writer(stub, **target):
    with remote(stub.url) as store:
        yield Writer(store.transport, Target(stub.url, **target), chunk=1)


def some():
    return spool_lines(f"<http://e/{n}> <http://e/p> <http://e/o> .\n" for n in range(3))


def test_a_graph_is_put_again_but_never_added_to_again():
    with server(saying(503), saying(204, b""), saying(503)) as stub, some() as part:
        with writer(stub, graph_store=stub.url) as write, pytest.raises(StoreError) as caught:
            write.put("http://e/g", part)
        assert caught.value.code == "store-busy"
        assert [method for method, *_ in stub.seen] == ["PUT", "PUT", "POST"]


def test_an_update_is_never_tried_again():
    with server(saying(204, b""), saying(503)) as stub, some() as part:
        with writer(stub, update=stub.url) as write, pytest.raises(StoreError):
            write.put("http://e/g", part)
        assert [body[:6] for *_, body in stub.seen] == [b"DROP S", b"INSERT"]


def test_it_must_be_said_where_to_write():
    with remote("http://127.0.0.1:9/query") as store, pytest.raises(SettingsError) as caught:
        Writer(store.transport, Target(store.url))
    assert "--graph-store" in caught.value.hint


def slow(handler, _body):
    time.sleep(0.6)
    handler.say()


def dripping(handler, _body):
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(EMPTY[:30])
        for _ in range(40):
            handler.wfile.write(b" " * 70_000)
            time.sleep(0.02)


def test_slow():
    with server(slow) as stub:
        error = refused(stub.url, read=0.2)
        assert error.code == "store-timeout"
        assert "KG_STORE_READ_SECONDS" in error.hint
        # The server may still be at work on it.
        assert len(stub.seen) == 1
    with server(dripping) as stub:
        assert "KG_STORE_TOTAL_SECONDS" in refused(stub.url, total=0.1).hint


ROWS = (
    b'{"head":{"vars":["s"]},"results":{"bindings":['
    b'{"s":{"type":"uri","value":"http://e/s"}},{"s":{"type":"uri","value":"http://e/t"}}]}}'
)


@pytest.mark.parametrize("end", [0, 3, 50, 90, len(ROWS) - 1])
def test_cut_off_json(end):
    with server(saying(body=ROWS[:end])) as stub:
        assert refused(stub.url).code == "store-answer"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>a page for people</html>",
        b"[]",
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"no iri"}}]}}',
        b'{"head":{},"boolean":true}',
        b"\xff\xfe",
        ROWS + b"and more",
    ],
)
def test_other_answers(body):
    with server(saying(body=body)) as stub:
        assert refused(stub.url).code == "store-answer"


def test_a_broken_connection():
    with server(saying(body=ROWS[:60], Content_Length="1000", Connection="close")) as stub:
        assert refused(stub.url).code == "store-broken-off"


def test_wrong_type():
    with server(saying(kind="text/html; charset=utf-8", body=b"<html>")) as stub:
        error = refused(stub.url)
        assert error.code == "store-answer"
        assert "text/html" in error.message


def test_rows_come_while_the_answer_is_still_being_sent():
    after = threading.Event()

    def halting(handler, _body):
        rows = [b'{"s":{"type":"literal","value":"%d"}}' % number for number in range(5000)]
        whole = b'{"head":{"vars":["s"]},"results":{"bindings":[' + b",".join(rows) + b"]}}"
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.wfile.write(whole[:150_000])
        after.wait(5)
        handler.wfile.write(whole[150_000:])

    with server(halting) as stub, remote(stub.url, read=10.0) as store:
        rows = store.select(SELECT)
        assert next(rows)[0].value == "0"
        assert not after.is_set()
        after.set()
        assert sum(1 for _ in rows) == 4999


def test_huge():
    with server(saying(body=EMPTY + b" " * 200_000)) as stub:
        assert refused(stub.url, size=100_000).code == "store-too-large"
    packed = gzip.compress(EMPTY + b" " * 5_000_000)
    assert len(packed) < 10_000
    with server(saying(body=packed, Content_Encoding="gzip")) as stub:
        assert refused(stub.url, size=100_000).code == "store-too-large"


def test_a_cut_off_answer_is_refused():
    for header in ({"X_SPARQL_MaxRows": "10000"}, {"X_SQL_State": "S1TAT"}):
        with server(saying(**header)) as stub:
            assert refused(stub.url).code == "store-truncated"


def test_nobody_there():
    with server(saying()) as stub:
        url = stub.url
    error = refused(url, attempts=2)
    assert error.code == "store-unreachable"


def challenging(kind):
    def step(handler, _body):
        given = handler.headers.get("authorization", "")
        if given.startswith(kind.partition(" ")[0]):
            handler.say()
        else:
            handler.say(401, b"who are you?", "text/plain", WWW_Authenticate=kind)

    return step


@pytest.mark.parametrize("kind", ['Basic realm="x"', 'Digest realm="x", nonce="1", qop="auth"'])
def test_a_challenge_is_answered(kind):
    with server(challenging(kind)) as stub, remote(stub.url, SECRETS) as store:
        assert list(store.select(SELECT)) == []
        assert list(store.select(SELECT)) == []
        first, *others = stub.seen
        assert "Authorization" not in first[2]
        assert len(others) == 2
        for *_, headers, _body in others:
            assert headers["Authorization"].startswith(kind.partition(" ")[0])
        assert PASSWORD not in str(stub.seen)


def test_no_or_wrong_credentials():
    with server(challenging("Basic")) as stub:
        error = refused(stub.url)
        assert error.code == "store-credentials"
        assert "KG_STORE_USER" in error.hint

    def never(handler, _body):
        handler.say(401, PASSWORD.encode(), "text/plain", WWW_Authenticate="Basic")

    with server(never) as stub:
        error = refused(stub.url, SECRETS)
        assert error.code == "store-credentials"
        assert PASSWORD not in str(error)
        assert len(stub.seen) == 2
    with server(saying(403, b"")) as stub:
        assert refused(stub.url, SECRETS).code == "store-credentials"


def test_a_token_is_sent():
    with server(saying()) as stub, remote(stub.url, {"KG_STORE_TOKEN": "t0ken"}) as store:
        assert list(store.select(SELECT)) == []
        assert stub.seen[0][2]["Authorization"] == "Bearer t0ken"


def test_what_a_server_says_is_passed_on_without_secrets():
    pair = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    body = f"<html><p>bad \x1b[31m request {pair} by ann:{PASSWORD}</p></html>".encode()
    with server(saying(400, body, "text/html")) as stub:
        error = refused(stub.url, SECRETS)
        assert error.code == "store-refused"
        assert "bad [31m request *** by ann:***" in error.message
        assert len(stub.seen) == 1


def test_redirects_are_not_followed():
    with server(saying()) as other:
        leads = other.url.replace("http://", f"http://ann:{PASSWORD}@")
        for status in (301, 302, 307, 308):
            with server(saying(status, b"", Location=leads)) as stub:
                error = refused(stub.url, SECRETS)
                assert error.code == "store-redirect"
                assert other.url in error.message
                assert PASSWORD not in str(error)
        assert other.seen == []


@pytest.mark.parametrize("environ", [{"KG_STORE_TOKEN": PASSWORD}, SECRETS])
def test_no_secret_over_plain_http_to_elsewhere(environ):
    from kg.store.transport import ChallengedAuth, httpx

    auth = ChallengedAuth(find_credentials("example.org", environ), plain=False)
    request = httpx.Request("GET", "http://example.org/")
    asked = httpx.Response(401, headers={"WWW-Authenticate": "Basic"}, request=request)

    def converse():
        flow = auth.auth_flow(request)
        next(flow)
        flow.send(asked)

    with pytest.raises(StoreError) as caught:
        converse()
    assert caught.value.code == "store-plain"
    assert "Authorization" not in request.headers


def test_netrc(tmp_path):
    path = tmp_path / "netrc"
    path.write_text(f"machine example.org login ann password {PASSWORD}\n")
    environ = {"NETRC": str(path)}
    assert find_credentials("example.org", environ).password == PASSWORD
    assert find_credentials("example.com", environ).user == ""
    assert PASSWORD not in repr(find_credentials("example.org", environ))
    path.write_text(f"machine example.org\nlogin ann passwort {PASSWORD}\n")
    with pytest.raises(SettingsError) as caught:
        find_credentials("example.org", environ)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(SettingsError):
        find_credentials("example.org", {"NETRC": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "url",
    [
        f"http://ann:{PASSWORD}@127.0.0.1/query",
        f"http://{PASSWORD}@127.0.0.1/query",
        "ftp://127.0.0.1/query",
        "file:///etc/passwd",
        "/query",
        "http://",
        "http://127.0.0.1:99999999/query",
        "http://[::1/query",
    ],
)
def test_addresses_that_are_refused(url, capsys):
    for command in (["stats"], ["publish"], ["query", "texts"]):
        assert main([*command, "--store", url]) == 2
        said = capsys.readouterr().err
        assert "error[store-url]" in said
        assert PASSWORD not in said


def test_settings_that_are_refused(monkeypatch, capsys):
    monkeypatch.setenv("KG_STORE_READ_SECONDS", "soon")
    assert main(["stats", "--store", "http://127.0.0.1:9/query"]) == 2
    assert "KG_STORE_READ_SECONDS" in capsys.readouterr().err


def test_one_graph_at_a_time(monkeypatch, capsys):
    url = "http://127.0.0.1:9/query"
    assert main(["stats", "--store", url, "-g", "x"]) == 2
    assert main(["stats", "-g", "x", "--store", url]) == 2
    assert capsys.readouterr().err.count("two-graphs") == 2
    monkeypatch.setenv("KG_STORE", url)
    assert main(["stats", "-g", str(find_release().folder.parent)]) == 0


def test_without_the_library(monkeypatch):
    for name in [*sys.modules]:
        if name.startswith(("httpx", "kg.store.transport", "kg.store.remote")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(InstallationError) as caught, connect("http://127.0.0.1:9/query"):
        pass
    assert "policy-lineage[remote]" in caught.value.hint


# -- A server that keeps what it is given --------------------------------------


class Keeping(Handler):
    def do(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        for fault in self.server.faults:
            if fault(self, body):
                return
        parts = urllib.parse.urlsplit(self.path)
        store = self.server.store
        if parts.path == "/query":
            fields = urllib.parse.parse_qs(body.decode())
            found = store.query(
                fields["query"][0],
                use_default_graph_as_union="default-graph-uri" not in fields,
                default_graph=[ox.NamedNode(g) for g in fields.get("default-graph-uri", [])]
                or None,
                named_graphs=[ox.NamedNode(g) for g in fields.get("named-graph-uri", [])] or None,
            )
            self.say(body=found.serialize(format=ox.QueryResultsFormat.JSON))
            return
        graph = ox.NamedNode(urllib.parse.parse_qs(parts.query)["graph"][0])
        if self.command in ("PUT", "DELETE"):
            store.remove_graph(graph)
        if body:
            store.load(body, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
        self.say(204, b"")

    do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815 - the names that the library calls


@pytest.fixture
def keeping():
    with server(saying()) as stub:
        stub.RequestHandlerClass = Keeping
        stub.store, stub.faults = ox.Store(), []
        stub.graph_store = stub.url.replace("/query", "/store")
        yield stub


QUADS = "".join(
    f'<http://e/s{n}> <http://e/p> "{n}.50"^^<http://www.w3.org/2001/XMLSchema#decimal> '
    f"<https://w3id.org/policy-lineage/graph/{graph}> .\n"
    for graph in "abc"
    for n in range(10)
)


@pytest.fixture
def quads(tmp_path):
    path = tmp_path / "lineage.nq"
    path.write_text(QUADS)
    return path


def publish(stub, quads, name="r1", chunk=4):
    with remote(stub.url) as store:
        target = Target(stub.url, graph_store=stub.graph_store)
        journal = journal_path(quads.parent, stub.url)
        done = publish_quads(quads, name, target, store.transport, journal, chunk=chunk)
    return {one.graph.rpartition("/")[2]: one.state for one in done}


def test_publishing_and_publishing_again(keeping, quads):
    assert publish(keeping, quads) == dict.fromkeys("abc", "sent")
    with remote(keeping.url) as store:
        assert store.release == "r1"
        assert set(store.graphs.values()) == {10}
        assert len(ask(store, SELECT)) == 30
    quads.write_text(
        "".join(line for line in QUADS.splitlines(keepends=True) if "graph/b>" not in line)
    )
    assert publish(keeping, quads, "r2") == {"a": "sent", "c": "sent", "b": "removed"}
    with remote(keeping.url) as store:
        assert store.release == "r2"
        assert len(store.graphs) == 2


def test_publishing_broken_off_goes_on(keeping, quads):
    def lost(handler, _body):
        if handler.command == "POST" and "graph%2Fb" in handler.path:
            handler.say(500, b"out of memory", "text/plain")
            return True
        return False

    keeping.faults.append(lost)
    with pytest.raises(StoreError) as caught:
        publish(keeping, quads)
    assert "out of memory" in caught.value.message
    with remote(keeping.url) as store, pytest.raises(StoreError) as caught:
        store.answer(SELECT)
    assert caught.value.code == "store-unpublished"
    keeping.faults.clear()
    assert publish(keeping, quads) == {"a": "kept", "b": "sent", "c": "sent"}
    # The first attempt's journal is gone: the same release is sent whole.
    assert publish(keeping, quads) == dict.fromkeys("abc", "sent")


def test_a_journal_is_believed_only_of_the_same_release_and_what_is_there(keeping, quads):
    def lost(handler, _body):
        return "graph%2Fc" in handler.path and handler.say(500, b"") is None

    keeping.faults.append(lost)
    with pytest.raises(StoreError):
        publish(keeping, quads)
    keeping.faults.clear()
    keeping.store.remove_graph(ox.NamedNode("https://w3id.org/policy-lineage/graph/a"))
    assert publish(keeping, quads) == {"a": "sent", "b": "kept", "c": "sent"}
    keeping.faults.append(lost)
    with pytest.raises(StoreError):
        publish(keeping, quads)
    keeping.faults.clear()
    # As many triples as were sent, but not the same ones.
    keeping.store.update(
        "DELETE DATA { GRAPH <https://w3id.org/policy-lineage/graph/b> "
        "{ <http://e/s1> <http://e/p> 1.50 } } ; "
        "INSERT DATA { GRAPH <https://w3id.org/policy-lineage/graph/b> "
        "{ <http://e/s1> <http://e/p> 1.51 } }"
    )
    assert publish(keeping, quads) == {"a": "kept", "b": "sent", "c": "sent"}
    keeping.faults.append(lost)
    with pytest.raises(StoreError):
        publish(keeping, quads)
    keeping.faults.clear()
    assert publish(keeping, quads, "r2") == dict.fromkeys("abc", "sent")
    journal_path(quads.parent, keeping.url).write_text("not JSON")
    assert publish(keeping, quads) == dict.fromkeys("abc", "sent")


@pytest.mark.parametrize("change", ["lose", "alter"])
def test_what_does_not_arrive_is_noticed(keeping, quads, change):
    def mischief(handler, body):
        if "graph%2Fb" not in handler.path or handler.command != "PUT":
            return False
        lines = body.splitlines(keepends=True)
        if change == "lose":
            lines.pop()
        else:
            lines[0] = lines[0].replace(b"0.50", b"0.51")
        keeping.store.load(
            b"".join(lines),
            format=ox.RdfFormat.N_TRIPLES,
            to_graph=ox.NamedNode("https://w3id.org/policy-lineage/graph/b"),
        )
        handler.say(204, b"")
        return True

    keeping.faults.append(mischief)
    with pytest.raises(StoreError) as caught:
        publish(keeping, quads)
    assert caught.value.code == "store-mismatch"
    assert "graph/b" in caught.value.message


def test_the_bundled_release_through_the_commands(keeping, monkeypatch, capsys):
    monkeypatch.setenv("KG_GRAPH_STORE", keeping.graph_store)
    assert main(["publish", "--store", keeping.url, "-f", "json"]) == 0
    captured = capsys.readouterr()
    rows = json.loads(captured.out)
    assert sum(row["statements"] for row in rows) > 60_000
    assert "counts and hashes read back agree" in captured.err
    there = kg.load(store=keeping.url)
    assert kg.audit(there) == kg.audit(kg.load())
    assert kg.query("generic-leads", store=keeping.url) == kg.query("generic-leads")
    said = []
    for words in (
        ["show", "telford-2011/action/4"],
        ["trace", "offender pathway", "--to", "crisis-concordat"],
        ["query", "bodies-of-element", "-p", "element=worcestershire-2009/intention/1"],
        ["trace", "telford-2011/action/4", "--as-of", "2011-02-01"],
        ["query", "superseded-targets", "--as-of", "2011-03"],
    ):
        assert main([*words, "--store", keeping.url]) == 0
        said.append(capsys.readouterr().out)
        assert main(words) == 0
        assert capsys.readouterr().out == said[-1]
    assert main(["trace", "no such thing anywhere", "--store", keeping.url]) == 2


def test_a_release_that_changes_while_it_is_read(keeping, quads):
    publish(keeping, quads)
    with remote(keeping.url) as store:
        assert len(ask(store, SELECT)) == 30
        store.confirm()
        publish(keeping, quads, "r2")
        with pytest.raises(StoreError) as caught:
            store.confirm()
        assert caught.value.code == "store-changed"
        keeping.store.remove_graph(ox.NamedNode("https://w3id.org/policy-lineage/graph/release"))
        with pytest.raises(StoreError) as caught:
            store.confirm()
        assert caught.value.code == "store-unpublished"


def test_pages_where_a_server_gives_only_so_many_rows(keeping, quads, monkeypatch):
    publish(keeping, quads)
    monkeypatch.setattr(shards, "WHOLE", 5)

    def few(handler, body):
        query = urllib.parse.parse_qs(body.decode()).get("query", [""])[0]
        if "COUNT" in query or "LIMIT" in query or handler.path != "/query":
            return False
        found = keeping.store.query(query + " LIMIT 3")
        handler.say(body=found.serialize(format=ox.QueryResultsFormat.JSON), X_SPARQL_MaxRows="3")
        return True

    keeping.faults.append(few)
    with remote(keeping.url) as store:
        graph = "https://w3id.org/policy-lineage/graph/a"
        assert len(set(shards.read_graph(store, graph))) == 10


def test_rows_that_do_not_come_are_noticed(keeping, quads):
    publish(keeping, quads)
    keeping.faults.append(
        lambda handler, body: b"COUNT" not in body and handler.say(body=EMPTY) is None
    )
    with remote(keeping.url) as store, pytest.raises(StoreError) as caught:
        list(shards.read_graph(store, "https://w3id.org/policy-lineage/graph/a"))
    assert caught.value.code == "store-incomplete"


def test_queries_are_checked_before_they_are_sent(keeping, quads):
    publish(keeping, quads)
    before = len(keeping.seen)
    with remote(keeping.url) as store:
        for text in ("SELECT ?s WHERE { ?s", "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"):
            with pytest.raises(QueryError):
                store.answer(text)
    assert len(keeping.seen) == before


KINDS = """SELECT ?a ?b ?c ?d ?e ?f WHERE { VALUES (?a ?b ?c ?d ?e) {
  ("x" "y"@en 1.50 <http://e/> UNDEF)
  (true 1e3 "a\\"b" 7 "2001-01-01"^^<http://www.w3.org/2001/XMLSchema#date>)
} }"""
JSON_QUERIES = ["ASK { ?s ?p ?o }", KINDS, "SELECT ?s WHERE { ?s <http://e/none> ?o }"]


@pytest.mark.parametrize("text", JSON_QUERIES)
def test_results_as_json_are_those_of_the_library(keeping, quads, text):
    publish(keeping, quads)
    found = keeping.store.query(text, use_default_graph_as_union=True)
    expected = json.loads(found.serialize(format=ox.QueryResultsFormat.JSON))
    assert json.loads(ask_json(keeping.store, text)) == expected
    with remote(keeping.url) as store:
        assert json.loads(ask_json(store, text)) == expected
