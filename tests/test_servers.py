"""The same answers from the embedded store and from two servers that others wrote."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import kg
from kg.bundled import find_release
from kg.cli.commands.trace import _lines, as_dict
from kg.errors import StoreError
from kg.servers import connect, load_thread
from kg.sparql.catalogue import stored_queries
from kg.sparql.execution import ask, query
from kg.store import remote
from kg.store.neighbourhood import read_neighbourhood
from kg.store.publishing import Target, Writer, journal_path, prove
from kg.store.reading import RemoteNames
from kg.store.releases import open_release
from kg.store.shards import count
from kg.store.spooling import spool

pytestmark = pytest.mark.server
SECONDS = 60
MOST_ROWS = 5_000
FOREIGN = "http://example.org/graph"
OLD = "https://w3id.org/policy-lineage/graph/source/plan-of-an-earlier-release"
SETTINGS = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CaseMode = 2
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True)
class Server:
    name: str
    base: str
    query: str
    update: str
    graph_store: str
    environ: dict

    def client(self):
        pair = self.environ.get("KG_STORE_USER"), self.environ.get("KG_STORE_PASSWORD")
        return httpx.Client(auth=httpx.DigestAuth(*pair) if pair[0] else None, timeout=SECONDS)

    def put(self, graph, lines):
        kind = {"Content-Type": "application/n-triples"}
        with self.client() as client:
            done = client.put(
                self.graph_store, params={"graph": graph}, content=lines, headers=kind
            )
        assert done.is_success, done.text


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binary(name):
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        reason = f"{name} is not installed: see .ci/servers"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextlib.contextmanager
def running(arguments, folder, probe):
    log = (folder / "output.txt").open("wb")
    process = subprocess.Popen(arguments, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + SECONDS
        while True:
            assert process.poll() is None, (folder / "output.txt").read_text()
            assert time.monotonic() < until, "the server does not start"
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(probe, params={"query": "ASK {}"}, timeout=5).is_success:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()
        log.close()


@contextlib.contextmanager
def oxigraph(folder):
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [binary("oxigraph"), "serve", "--location", "db", "--bind", f"127.0.0.1:{port}"]
    with running(command, folder, base + "/query"):
        yield Server("oxigraph", base, base + "/query", base + "/update", base + "/store", {})


@contextlib.contextmanager
def virtuoso(folder):
    command = [binary("virtuoso-t"), "+configfile", "virtuoso.ini", "+foreground"]
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = SETTINGS.format(sql=free_port(), http=port, rows=MOST_ROWS)
    (folder / "virtuoso.ini").write_text(settings)
    # The account that a new database has; the server listens to this machine alone.
    account = {"KG_STORE_USER": "dba", "KG_STORE_PASSWORD": "dba"}
    with running(command, folder, base + "/sparql"):
        auth = base + "/sparql-auth"
        yield Server("virtuoso", base, auth, auth, base + "/sparql-graph-crud-auth", account)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a folder with the bundled release, of its own for the journals."""
    folder = tmp_path_factory.mktemp("releases")
    bundled = find_release()
    shutil.copytree(bundled.folder, folder / bundled.name)
    (folder / "current").write_text(bundled.name + "\n")
    return folder


@pytest.fixture(scope="module", params=[oxigraph, virtuoso], ids=["oxigraph", "virtuoso"])
def server(request, tmp_path_factory):
    with (
        request.param(tmp_path_factory.mktemp("server")) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, text in started.environ.items():
            patch.setenv(name, text)
        yield started


@pytest.fixture(scope="module")
def published(server, home):
    """Publish over what an earlier release and somebody else have left there."""
    server.put(OLD, "<http://e/s> <http://e/p> <http://e/o> .\n")
    action = "<https://w3id.org/policy-lineage/ns#Action>"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    server.put(FOREIGN, f"<http://e/s> {kind} {action} .\n")
    return kg.publish(server.query, graph_store=server.graph_store, path=home)


@pytest.fixture(scope="module")
def store(server, published):
    with connect(server.query) as opened:
        yield opened


def local(home):
    return open_release(home).graph()


def test_publishing_proves_that_all_arrived(server, published, home):
    lines = open_release(home).quads.read_text(encoding="utf-8").splitlines()
    sent = {one.graph: one.statements for one in published if one.state == "sent"}
    assert sum(sent.values()) == len(lines)
    assert [one.graph for one in published if one.state == "removed"] == [OLD]
    assert not journal_path(home, server.query).exists()
    with connect(server.query) as opened:
        assert opened.graphs == sent
        assert opened.release == open_release(home).name
        assert count(opened, OLD) == 0
        assert count(opened, FOREIGN) == 1


@pytest.mark.parametrize("name", sorted(stored_queries()))
def test_stored_question_gives_the_same_rows(name, store, home):
    given = dict(re.findall(r"-p (\w+)=(\S+)", stored_queries()[name].example))
    there = query(RemoteNames(store), store, name, given)
    here = kg.query(name, given, home)
    assert there == here


def test_trace_of_every_action_is_the_same(store, home):
    graph = local(home)
    actions = list(graph.elements(["Action"]))
    assert len(actions) == 80
    for node in actions:
        near = read_neighbourhood(store, node.id)
        there, here = kg.trace(near, node.id), kg.trace(graph, node.id)
        assert as_dict(near, there) == as_dict(graph, here)
        assert _lines(near, there) == _lines(graph, here)


@pytest.mark.parametrize(
    ("name", "to", "down"),
    [
        ("offender pathway", "crisis-concordat", False),
        ("worcestershire-2009/intention/5", "no-health-without-mental-health", False),
        ("no-health-without-mental-health/objective/6", None, True),
        ("no-health-without-mental-health", None, True),
    ],
)
def test_other_traces_are_the_same(server, published, home, name, to, down):
    graph = local(home)
    near, start, aim = load_thread(server.query, name, to=to, down=down)
    there = kg.trace(near, start, to=aim, down=down)
    assert as_dict(near, there) == as_dict(graph, kg.trace(graph, name, to=to, down=down))


def test_audit_matrix_and_stats_are_the_same(server, published, home):
    here, there = local(home), kg.load(store=server.query)
    assert kg.audit(there) == kg.audit(here)
    assert kg.matrix(there) == kg.matrix(here)
    assert kg.stats(there) == kg.stats(here)
    assert list(there.claims) == list(here.claims)
    assert list(there.facts) == list(here.facts)


@pytest.mark.parametrize(
    "words",
    ["trace telford-2011/action/4", "matrix --from telford-2011", "query generic-leads"],
)
def test_commands_read_from_a_server(server, published, home, capsys, words):
    from kg.cli import main

    said = []
    for where in (["--store", server.query], ["-g", str(home)]):
        assert main([*words.split(), *where]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert said[0]


def test_sparql_of_ones_own(store):
    assert ask(store, "ASK { ?s ?p ?o }").rows == ((True,),)
    made = ask(
        store,
        "PREFIX lin: <https://w3id.org/policy-lineage/ns#> "
        "CONSTRUCT { ?s lin:number ?n } WHERE { ?s lin:number ?n } ORDER BY ?s LIMIT 5",
    )
    assert len(made) == 5
    # What others have on the server is not asked.
    rows = ask(store, "SELECT ?s WHERE { VALUES ?s { <http://e/s> } ?s ?p ?o }")
    assert len(rows) == 0
    rows = ask(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert {row["g"] for row in rows} == set(store.graphs)


def test_more_graphs_than_can_be_named(server, published, monkeypatch):
    monkeypatch.setattr(remote, "MOST_GRAPHS", 1)
    with connect(server.query) as opened:
        if server.name == "virtuoso":  # its default graph is the union of all
            assert len(query(RemoteNames(opened), opened, "generic-leads")) == 17
        else:
            with pytest.raises(StoreError) as caught:
                query(RemoteNames(opened), opened, "generic-leads")
            assert caught.value.code == "store-not-union"


def test_a_cut_off_answer_is_refused(server, store):
    if server.name != "virtuoso":
        assert len(ask(store, "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 4000")) == 4000
        return
    for text in (
        "SELECT ?s ?p ?o WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DESCRIBE ?s WHERE { ?s ?p ?o }",
    ):
        with pytest.raises(StoreError) as caught:
            ask(store, text)
        assert caught.value.code == "store-truncated"
    assert len(ask(store, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 50")) <= 50


def test_wrong_credentials(server, published, home, monkeypatch):
    if server.name != "virtuoso":
        pytest.skip("the oxigraph server has no accounts")
    monkeypatch.setenv("KG_STORE_PASSWORD", "not-the-password")
    with pytest.raises(StoreError) as caught:
        kg.publish(server.query, graph_store=server.graph_store, path=home)
    assert caught.value.code == "store-credentials"
    assert "not-the-password" not in str(caught.value)


def test_what_somebody_adds_is_noticed(server, published, home):
    graph = "https://w3id.org/policy-lineage/graph/source/new-horizons"
    with spool(open_release(home).quads) as parts, connect(server.query) as opened:
        prove(opened, graph, parts[graph].sum)
        text = parts[graph].path.read_text(encoding="utf-8")
        server.put(graph, (text + "<http://e/s> <http://e/p> <http://e/o> .\n").encode())
        with pytest.raises(StoreError) as caught:
            prove(opened, graph, parts[graph].sum)
        assert caught.value.code == "store-mismatch"
        server.put(graph, text.replace("Prevention", "Pretension").encode())
        with pytest.raises(StoreError) as caught:
            prove(opened, graph, parts[graph].sum)
        assert caught.value.code == "store-mismatch"
        server.put(graph, text.encode())
        prove(opened, graph, parts[graph].sum)


def run_publish(server, home, *more):
    command = [sys.executable, "-m", "kg", "publish", "--store", server.query, "-g", str(home)]
    root = str(Path(kg.__file__).parent.parent)
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*command, *more],
        env={**os.environ, **server.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_publication_goes_on_where_it_stopped(server, published, home):
    from kg.cli import main

    journal = journal_path(home, server.query)
    asserted = "https://w3id.org/policy-lineage/graph/asserted"
    process = run_publish(server, home, "--graph-store", server.graph_store, "--chunk", "200")
    until = time.monotonic() + SECONDS
    while not (journal.exists() and asserted in json.loads(journal.read_text())["arrived"]):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    with connect(server.query) as opened:
        # The claims are on their way: 237 calls.
        while not count(opened, "https://w3id.org/policy-lineage/graph/claims") % 47_334:
            assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    arrived = json.loads(journal.read_text())["arrived"]
    assert list(arrived) == [asserted]
    # What is half there is not taken for the whole.
    assert main(["audit", "--store", server.query]) == 2
    again = run_publish(server, home, "--graph-store", server.graph_store, "-f", "json")
    out, err = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, err
    states = {row["graph"]: row["state"] for row in json.loads(out)}
    assert states.pop(asserted) == "kept"
    assert set(states.values()) == {"sent"}
    assert not journal.exists()
    assert list(kg.load(store=server.query).claims) == list(local(home).claims)


def test_publishing_by_updates_alone(server, store, home):
    graph = "https://w3id.org/policy-lineage/graph/source/dundee-2016"
    writer = Writer(store.transport, Target(server.query, update=server.update))
    with spool(open_release(home).quads) as parts:
        writer.delete(graph)
        assert count(store, graph) == 0
        writer.put(graph, parts[graph])  # four updates
        prove(store, graph, parts[graph].sum)
