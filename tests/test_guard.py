"""Queries that must be stopped are stopped, and nothing that is cut looks whole."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.bundled import find_release
from kg.cli import main
from kg.errors import KgError, LoadError, QueryError, SettingsError
from kg.opening import load, open_guard
from kg.sparql.catalogue import stored_queries
from kg.sparql.execution import ask, ask_json, bind
from kg.sparql.guard import Guard, Limits
from kg.sparql.results import binding
from kg.store.dataset import read_store, refuse_outside, run_query

resource = pytest.importorskip("resource", reason="processes are watched through Unix")
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="processes are watched through /proc"
)
MIB = 1 << 20
ROOT = str(Path(kg.__file__).resolve().parents[1])
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PATHS = "SELECT (COUNT(*) AS ?n) { ?a (!<x:none>)+ ?b . ?c (!<x:none>)+ ?d }"
MANY = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?s ?p ?o { VALUES ?p "
    "{ rdfs:label rdfs:comment } ?s ?p ?o FILTER(isIRI(?s)) } ORDER BY ?s ?p ?o LIMIT 1000"
)
ENDLESS_ROWS = "SELECT ?b ?e { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def source():
    return find_release().folder


@pytest.fixture(scope="module")
def store(source):
    return read_store(source / "lineage.nq")


@pytest.fixture(scope="module")
def guard(source):
    with Guard(source, Limits(seconds=20)) as made:
        yield made


def rows(guard, text, **options):
    with guard.ask(text, **options) as answer:
        return list(answer.rows())


def written(guard, text, **options):
    with guard.ask(text, **options) as answer:
        return b"".join(answer)


def workers():
    """Give the numbers of this process's living children."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found |= set(map(int, (task / "children").read_text().split()))
    return found


def gone(pid, seconds):
    """Tell whether a process ends in time; one that only waits for its parent has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


# --- answers are those of the engine ------------------------------------------------------


@pytest.mark.parametrize("name", sorted(stored_queries()))
def test_stored_questions_get_the_same_answer(name, guard, store, graph):
    given = dict(re.findall(r"-p (\w+)=(\S+)", stored_queries()[name].example))
    stored, bound = bind(graph, name, given)
    table = ask(store, stored.text, bound)
    with guard.ask(stored.text, bound=bound) as answer:
        assert answer.kind == "select"
        assert answer.columns == table.columns
        assert tuple(answer.rows()) == table.rows
    if not bound:
        assert written(guard, stored.text, form="json").decode() == ask_json(store, stored.text)


@pytest.mark.parametrize(
    "text",
    [
        MANY,
        "SELECT ?s ?nothing { ?s a ?o FILTER(isIRI(?s)) } ORDER BY ?s LIMIT 3",
        "SELECT * { ?s <x:none> ?o }",
        "SELECT * {}",
        "ASK { ?s ?p ?o }",
        "ASK { ?s <x:none> ?o }",
        "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o FILTER(isIRI(?s)) }",
        "DESCRIBE <https://w3id.org/policy-lineage/id/telford-2011>",
    ],
)
def test_every_kind_of_query_in_every_form(text, guard, store):
    table = ask(store, text)
    with guard.ask(text) as answer:
        assert answer.columns == table.columns
        assert tuple(answer.rows()) == table.rows
    assert written(guard, text, form="json").decode() == ask_json(store, text)
    result = run_query(store, text)
    if isinstance(result, ox.QueryTriples):
        expected = result.serialize(format=ox.RdfFormat.TURTLE)
        assert written(guard, text, graph_form="ttl", form="json") == expected
        return
    for form in ("xml", "csv", "tsv"):
        fresh = run_query(store, text)
        expected = fresh.serialize(format=ox.QueryResultsFormat.from_extension(form))
        assert written(guard, text, form=form) == expected


def test_terms_are_written_as_the_engine_writes_them():
    store = ox.Store()
    store.update(
        'INSERT DATA { <x:a> <x:p> "x"@en, "y", 1, 1.50, 1e3, true, "z\\n\\"\\u0001é\U0001f600",'
        ' "d"@ar--rtl, _:b, <<( <x:a> <x:p> "x"@en )>>, "2020-01-01"^^<x:date> }'
    )
    result = store.query("SELECT ?o { ?s ?p ?o }")
    ours = [{"o": binding(row["o"])} for row in store.query("SELECT ?o { ?s ?p ?o }")]
    theirs = json.loads(result.serialize(format=ox.QueryResultsFormat.JSON))
    assert len(ours) == 11
    assert ours == theirs["results"]["bindings"]


def test_on_disk_store_and_file_of_quads(source, tmp_path):
    home = tmp_path / "release with ä space"
    home.mkdir()
    (home / "lineage.nq").write_text("<x:memory> <x:p> <x:o> .\n", encoding="utf-8")
    store = ox.Store(str(home / "store"))
    store.add(ox.Quad(ox.NamedNode("x:disk"), ox.NamedNode("x:p"), ox.Literal("o")))
    store.flush()
    del store
    for place, expected in ((home, "x:disk"), (home / "store", "x:disk")):
        with Guard(place) as guard:
            assert rows(guard, "SELECT ?s { ?s ?p ?o }") == [(expected,)]
    with Guard(home / "lineage.nq") as guard:
        assert rows(guard, "SELECT ?s { ?s ?p ?o }") == [("x:memory",)]


def test_faulty_graph_is_an_error_of_loading(tmp_path):
    before = workers()
    faulty = tmp_path / "a.nq"
    faulty.write_text("no quads\n", encoding="utf-8")
    for place in (faulty, tmp_path / "none.nq"):
        with Guard(place) as guard, pytest.raises(LoadError) as caught:
            guard.ask("ASK {}")
        assert caught.value.code == "load-file"
    assert workers() == before


# --- limits -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [CROSS, PATHS, ENDLESS_ROWS])
def test_time(text, source):
    before = workers()
    with Guard(source, Limits(seconds=1, rows=10**9)) as guard:
        rows(guard, "ASK {}")
        began = time.monotonic()
        with pytest.raises(QueryError) as caught:
            rows(guard, text)
        assert 0.9 < time.monotonic() - began < 3
        assert caught.value.code == "query-time"
        assert "--timeout" in caught.value.hint
        assert workers() == before
        assert rows(guard, "ASK {}") == [(True,)]
    assert workers() == before


def test_time_is_kept_for_a_reader_who_does_not_read(source):
    with Guard(source, Limits(seconds=1, rows=10**9)) as guard:
        answer = guard.ask(ENDLESS_ROWS)
        pid = answer.process.pid
        assert not gone(pid, 0.3)
        assert gone(pid, 3)
        with pytest.raises(QueryError) as caught:
            list(answer.rows())
        assert caught.value.code == "query-time"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f",
        "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?z || true) } ORDER BY ?i",
        "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    ],
)
def test_memory(text, source):
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Guard(source, Limits(seconds=20, memory=200 * MIB, rows=10**9)) as guard:
        with pytest.raises(QueryError) as caught:
            rows(guard, text)
        assert caught.value.code == "query-memory"
        assert "200 MiB" in caught.value.message
        assert rows(guard, "ASK {}") == [(True,)]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < own + 100 * 1024


def test_memory_too_small_for_the_graph(source):
    with Guard(source, Limits(memory=40 * MIB)) as guard, pytest.raises(QueryError) as caught:
        guard.ask("ASK {}")
    assert caught.value.code == "query-memory"


def test_rows(guard):
    few = Limits(rows=10)
    assert len(rows(guard, MANY.replace("1000", "10"), limits=few)) == 10
    for text in (MANY, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        for options in ({}, {"form": "json"}):
            with guard.ask(text, limits=few, **options) as answer:
                pieces = []
                with pytest.raises(QueryError) as caught:
                    pieces.extend(answer)
            assert caught.value.code == "query-rows"
            got = b"".join(pieces)
            if options and answer.kind == "select":
                assert len(json.loads(got)["results"]["bindings"]) == 10
            else:
                assert got.count(b"\n") == 10


def test_bytes(guard):
    few = Limits(bytes=2000)
    for form in ("rows", "json", "xml"):
        with guard.ask(MANY, form=form, limits=few) as answer:
            pieces = []
            with pytest.raises(QueryError) as caught:
                pieces.extend(answer)
        assert caught.value.code == "query-bytes"
        got = b"".join(pieces)
        assert len(got) <= 2100
        if form == "json":
            assert json.loads(got)["results"]["bindings"]
    one = "SELECT (CONCAT(?x, ?x) AS ?y) { BIND('" + "x" * 3000 + "' AS ?x) }"
    with pytest.raises(QueryError, match="query-bytes"):
        rows(guard, one, limits=few)
    assert len(rows(guard, one)[0][0]) == 6000


def test_long_rows_arrive_whole(guard):
    text = "SELECT (CONCAT(?x, ?x) AS ?y) ?z { BIND('" + "é\\n" * 200_000 + "' AS ?x) "
    got = rows(guard, text + "VALUES ?z { 1 2 3 } }")
    assert [row[1] for row in got] == ["1", "2", "3"]
    assert {row[0] for row in got} == {"é\n" * 400_000}


@pytest.mark.parametrize("name", ["seconds", "rows", "bytes", "memory"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 1e300])
def test_limits_are_checked(name, value):
    with pytest.raises(SettingsError):
        Limits(**{name: value})


def test_the_kernel_stops_a_worker_whose_parent_stands_still(source):
    """Without the clock of the parent, the limit of computing time ends the worker."""
    with Guard(source, Limits(seconds=0.2)) as guard:
        rows(guard, "ASK {}")
        process = guard._idle[0]
        process._expire = lambda: None
        began = time.monotonic()
        with pytest.raises(QueryError) as caught:
            rows(guard, CROSS)
        assert caught.value.code == "query-time"
        assert time.monotonic() - began < 9


# --- what is refused ----------------------------------------------------------------------

HIDDEN = [
    "SELECT * {{ SERVICE {url} {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT {url} {{ ?s ?p ?o }} }}",
    "PREFIX : {url} SELECT * {{ SERVICE: {{ ?s ?p ?o }} }}",
    "PREFIX : {url} SELECT * {{ SERVICE:x {{ ?s ?p ?o }} }}",
    "PREFIX e: <x:> SELECT * {{ {{}} UNION {{ ?a ?b e:a\\# . }} UNION {{ SERVICE {url} {{}} }} }}",
    "PREFIX e: <x:> ASK {{ {{}} UNION {{ ?a ?b e:\\' }} SERVICE {url} {{}} FILTER(?a != e:\\') }}",
    "SELECT * {{ BIND(2 AS ?a) FILTER(?a<3)SERVICE#>\n{url} {{ ?s ?p ?o }} }}",
    "SELECT * {{ # all\rSERVICE {url} {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{}} UNION {{ ?a ?b 1SERVICE {url} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{}} UNION {{ ?a ?b trueSERVICE {url} {{ ?s ?p ?o }} }} }}",
    "PREFIX e: <x:> SELECT * {{ {{}} UNION {{ ?a ?b e:.SERVICE {url} {{ ?s ?p ?o }} }} }}",
    "PREFIX e: <x:> PREFIX : {url} ASK {{ ?a ?b '\\'', e:a\\'. SERVICE:{{}} ?a ?b e:\\' }}#'",
    "SELECT * {{ ?a <x:p>?1 . SERVICE {url} {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND('''a''' AS ?a) BIND(''AS ?b)SERVICE {url} {{ ?s ?p ?o }} BIND(''AS ?c) }}",
    "SELECT * {{ VALUES ?v {{ <http://e/\\u0023x> }} SERVICE {url} {{ ?s ?p ?o }} }}",
    "ASKFROM{url}{{ ?s ?p ?o }}",
    "SELECT ?s FROM {url} {{ ?s ?p ?o }}",
    "SELECT ?s FROM NAMED {url} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "DESCRIBE *FROM{url}{{ ?s ?p ?o }}",
]


@pytest.fixture(scope="module")
def listener():
    """Listen on loopback and count who calls."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    calls.append(1)
                    caller.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"<http://127.0.0.1:{server.getsockname()[1]}/>", calls
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("text", HIDDEN)
def test_outside_is_refused_however_it_is_hidden(text, guard, listener):
    url, calls = listener
    query = text.format(url=url)
    with pytest.raises(QueryError) as caught:
        rows(guard, query, shown="q.rq")
    assert caught.value.code == "query-outside"
    assert caught.value.place.path == "q.rq"
    assert not calls


def test_no_network_even_if_something_got_through(guard, listener):
    """The query is sent as the worker gets it, past the check of its text."""
    url, calls = listener
    query = HIDDEN[0].format(url=url)
    with contextlib.suppress(OSError):
        list(ox.Store().query(query))
    assert len(calls) == 1, "the query calls, when it may"
    code = (
        "import sys; from pathlib import Path; from kg.sparql import confinement, worker\n"
        "store = worker.open_source(Path(sys.argv[1]))\n"
        "confinement.confine(0); confinement.close_doors(0)\n"
        "list(store.query(sys.argv[2]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(guard.source), query],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    assert done.returncode == 1
    assert "OSError" in done.stderr
    assert len(calls) == 1
    calls.clear()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service ?from { ?service <x:from#service> ?from }",
        "PREFIX e: <x:> SELECT * { ?s e:service e:from-a . ?s e:p 'SERVICE'@en-from }",
        '# SERVICE\nSELECT * { ?s ?p """a \'FROM\' \\"""" . _:service ?q \'FROM\' }',
        "SELECT * { ?s <http://e/service(from)> 1 FILTER(1<2 && 3>2) }",
    ],
)
def test_words_that_only_look_like_it_pass(text, store):
    refuse_outside(text, "q")
    list(run_query(store, text))


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
        "ASK {} ; DROP ALL",
    ],
)
def test_updates_are_no_queries(text, guard):
    with pytest.raises(QueryError) as caught:
        rows(guard, text)
    assert caught.value.code == "query-syntax"
    assert rows(guard, "ASK { ?s ?p ?o }") == [(True,)]


def test_syntax_error_says_where(guard, tmp_path, capsys):
    with pytest.raises(QueryError) as caught:
        rows(guard, "SELECT *\n{ ?a ] }", shown="own.rq")
    assert str(caught.value.place) == "own.rq:2:9"
    path = tmp_path / "own.rq"
    path.write_text("SELECT *\n{ ?a ] }\n", encoding="utf-8")
    assert main(["query", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}:3:1: error[query-syntax]")


DEEP = 100_000


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("SELECT * { ?s ?p '\0' }", None),
        ("\0", {"query-syntax"}),
        ("SELECT * { ?s ?p '\ud800' }", {"query-text"}),
        ("(" * MIB, {"query-syntax"}),
        ("[" * MIB, {"query-syntax"}),
        ("<" * MIB, {"query-syntax"}),
        ("'''\\" * (MIB // 4), {"query-syntax"}),
        ("SELECT * { ?s ?p '" + "x" * (17 * MIB) + "' }", {"query-text"}),
        ("SELECT * " + "{" * DEEP + "}" * DEEP, {"query-crashed", "query-memory"}),
        (f"ASK {{ FILTER({'(' * DEEP}1{')' * DEEP}) }}", {"query-crashed", "query-memory"}),
        (f"ASK {{ FILTER({'!' * DEEP}1) }}", {"query-crashed", "query-memory"}),
        ("ASK { " + "{} UNION " * DEEP + "{} }", {"query-crashed", "query-memory"}),
        ("", {"query-syntax"}),
    ],
    ids=range(13),
)
def test_hostile_text(text, codes, guard):
    if codes is None:
        assert rows(guard, text) == []
    else:
        with pytest.raises(QueryError) as caught:
            rows(guard, text)
        assert caught.value.code in codes
        assert len(str(caught.value)) < 2000
    assert rows(guard, "ASK {}") == [(True,)]


# --- one guard, many queries --------------------------------------------------------------


def test_one_worker_serves_many_queries(source):
    with Guard(source) as guard:
        rows(guard, "ASK {}")
        first = workers()
        for number in range(20):
            assert rows(guard, f"SELECT ({number} AS ?n) {{}}") == [(str(number),)]
            with pytest.raises(QueryError):
                guard.ask("nonsense")
        assert workers() == first


@pytest.mark.parametrize("count", [1, 3])
def test_many_threads(count, source):
    wrong = []
    before = workers()

    def work(number):
        try:
            for turn in range(4):
                expected = number * 100 + turn
                if turn % 4 == 3:
                    with pytest.raises(QueryError, match="query-time"):
                        rows(guard, CROSS, limits=Limits(seconds=0.2))
                elif rows(guard, f"SELECT ({expected} AS ?n) {{}}") != [(str(expected),)]:
                    wrong.append(expected)
        except BaseException as error:
            wrong.append(error)
            raise

    with Guard(source, workers=count) as guard:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(workers() - before) <= count
    assert not wrong
    assert workers() == before


def test_leaving_early_frees_the_turn(source):
    with Guard(source, Limits(seconds=30, rows=10**9)) as guard:
        with guard.ask(ENDLESS_ROWS) as answer:
            pid = answer.process.pid
            assert len(next(answer.rows())) == 2
        assert gone(pid, 1)
        assert rows(guard, "ASK {}") == [(True,)]


def test_no_turn_within_the_time(source):
    with Guard(source, Limits(seconds=30, rows=10**9)) as guard, guard.ask(ENDLESS_ROWS):
        with pytest.raises(QueryError) as caught:
            guard.ask("ASK {}", limits=Limits(seconds=0.1))
        assert caught.value.code == "query-busy"


def test_closing_stops_what_runs(source):
    guard = Guard(source, Limits(seconds=30, rows=10**9))
    answer = guard.ask(ENDLESS_ROWS)
    guard.close()
    with pytest.raises(QueryError) as caught:
        list(answer.rows())
    assert caught.value.code == "query-stopped"
    with pytest.raises(QueryError, match="query-stopped"):
        guard.ask("ASK {}")
    assert not gone(os.getpid(), 0)
    assert gone(answer.process.pid, 1)


def test_a_worker_that_has_grown_is_replaced(source):
    with Guard(source, Limits(memory=150 * MIB)) as guard:
        rows(guard, "ASK {}")
        first = guard._idle[0].pid
        rows(guard, MANY)
        assert guard._idle[0].pid == first
        distinct = "SELECT DISTINCT ?a ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 300000"
        rows(guard, f"SELECT (COUNT(*) AS ?n) {{ {{ {distinct} }} }}")
        rows(guard, "ASK {}")
        assert guard._idle[0].pid != first


def test_killed_while_idle_is_replaced(source):
    with Guard(source) as guard:
        rows(guard, "ASK {}")
        os.kill(guard._idle[0].pid, signal.SIGKILL)
        assert gone(guard._idle[0].pid, 2)
        assert rows(guard, "ASK {}") == [(True,)]


def test_killed_by_the_system_is_called_memory(source):
    with Guard(source, Limits(rows=10**9)) as guard, guard.ask(ENDLESS_ROWS) as answer:
        os.kill(answer.process.pid, signal.SIGKILL)
        with pytest.raises(QueryError) as caught:
            list(answer.rows())
    assert caught.value.code == "query-memory"


# --- as a command -------------------------------------------------------------------------


def listen():
    """Let a child hear Ctrl-C, even where these tests run in the background and do not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(*arguments, **options):
    options.setdefault("preexec_fn", listen)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "kg", "query", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ROOT},
        start_new_session=True,
        **options,
    )


def child_of(pid):
    """Wait for a worker that computes."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    end = time.monotonic() + 15
    while time.monotonic() < end:
        with contextlib.suppress(OSError, IndexError):
            child = int(children.read_text().split()[0])
            times = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
            if int(times[11]) > 40:  # 0.4 s: it has opened the graph.
                return child
        time.sleep(0.02)
    raise AssertionError


@pytest.fixture
def endless(tmp_path):
    path = tmp_path / "endless.rq"
    path.write_text(CROSS, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("whom", ["parent", "group"])
def test_interrupted(whom, endless):
    with start(endless) as parent:
        child = child_of(parent.pid)
        began = time.monotonic()
        if whom == "group":
            os.killpg(parent.pid, signal.SIGINT)
        else:
            os.kill(parent.pid, signal.SIGINT)
        out, err = parent.communicate(timeout=10)
        assert time.monotonic() - began < 2
        assert parent.returncode == 130
        assert not out
        assert b"Traceback" not in err
        assert gone(child, 1)


def test_killed_parent_leaves_no_orphan(endless):
    with start(endless) as parent:
        child = child_of(parent.pid)
        parent.kill()
        assert gone(child, 1)


def test_killed_parent_leaves_no_orphan_of_a_thread(source):
    """A worker that another thread started does not die with the thread, but with the process."""
    code = (
        "import sys, threading; from pathlib import Path; from kg.sparql.guard import Guard\n"
        "guard = Guard(Path(sys.argv[1]))\n"
        "first = threading.Thread(target=lambda: list(guard.ask('ASK {}')))\n"
        "first.start(); first.join()\n"
        f"with guard.ask({CROSS!r}) as answer: list(answer)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(source)], env={**os.environ, "PYTHONPATH": ROOT}
    ) as parent:
        child = child_of(parent.pid)
        parent.kill()
        assert gone(child, 1)


def test_reader_gone(tmp_path):
    path = tmp_path / "all.rq"
    path.write_text("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 20000", encoding="utf-8")
    with start(str(path)) as parent:
        assert parent.stdout.readline() == b"s\tp\to\n"
        parent.stdout.close()
        assert parent.wait(15) == 141
        assert parent.stderr.read() == b""


def test_standard_input(store):
    with start("-", "-f", "json") as parent:
        out, err = parent.communicate(b"\xef\xbb\xbf" + MANY.encode(), timeout=20)
    assert (parent.returncode, err) == (0, b"")
    assert out.decode() == ask_json(store, MANY)
    with start("-") as parent:
        out, err = parent.communicate(b"ASK { '\xff' }", timeout=20)
    assert (parent.returncode, out) == (2, b"")
    assert b"error[load-file]" in err


def test_an_answer_that_is_cut_is_not_shown(tmp_path, capsys):
    path = tmp_path / "many.rq"
    path.write_text("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 99", encoding="utf-8")
    for options in ((), ("-f", "json"), ("-f", "table"), ("-f", "csv")):
        assert main(["query", str(path), "--max-rows", "4", *options]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "error[query-rows]" in err
        assert main(["query", str(path), "--max-rows", "4", "--allow-partial", *options]) == 2
        out, err = capsys.readouterr()
        assert "error[query-rows]" in err
        if "json" in options:
            assert len(json.loads(out)["results"]["bindings"]) == 4
        elif "table" not in options:
            assert out.count("\n") == 5
    assert main(["query", str(path), "--max-bytes", "500", "-f", "jsonl"]) == 2
    assert "error[query-bytes]" in capsys.readouterr().err


def test_what_was_read_before_time_was_over(tmp_path, capsys):
    path = tmp_path / "rows.rq"
    path.write_text(ENDLESS_ROWS, encoding="utf-8")
    options = ["query", str(path), "--timeout", "1", "--max-rows", "1000000000", "--allow-partial"]
    assert main([*options, "-f", "jsonl"]) == 2
    out, err = capsys.readouterr()
    assert "error[query-time]" in err
    assert all(set(json.loads(line)) == {"b", "e"} for line in out.splitlines())
    assert out.count("\n") > 100
    assert main([*options, "-f", "json"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("form", ["tsv", "csv", "json", "jsonl", "table"])
def test_guarded_stored_question_prints_the_same(form, capsys):
    question = ["query", "objectives-of-action", "-p", "action=telford-2011/action/4", "-f", form]
    assert main(question) == 0
    plain = capsys.readouterr().out
    assert main([*question, "--timeout", "20"]) == 0
    assert capsys.readouterr().out == plain != ""


def test_modules_of_the_folder_in_which_one_stands_are_not_run(tmp_path):
    for name in ("kg", "json", "pyoxigraph"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('hijacked')")
    new = {**os.environ, "PYTHONPATH": ROOT, "KG_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kg", "query", "-"],
        input="ASK { ?s ?p ?o }",
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=new,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "answer\ntrue\n", "")


def test_settings_from_the_environment(endless, monkeypatch, capsys):
    monkeypatch.setenv("KG_QUERY_TIMEOUT", "0.5")
    began = time.monotonic()
    assert main(["query", endless]) == 2
    assert time.monotonic() - began < 4
    assert "after 0.5 seconds" in capsys.readouterr().err


def test_a_file_takes_no_parameters(endless, capsys):
    assert main(["query", endless, "-p", "a=b"]) == 2
    assert "error[parameter]" in capsys.readouterr().err


def test_no_room_for_the_answer(tmp_path):
    path = tmp_path / "all.rq"
    path.write_text(
        "SELECT (CONCAT(?x, ?x) AS ?y) { ?s ?p ?o BIND('" + "x" * MIB + "' AS ?x) } LIMIT 5",
        encoding="utf-8",
    )

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))

    with start(str(path), preexec_fn=small) as parent:
        out, err = parent.communicate(timeout=30)
    assert (parent.returncode, out) == (2, b"")
    assert b"error[query-spool]" in err


def test_a_flat_table_and_a_data_folder(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(
        "id,level,text,serves\no1,objective,Aim,\na1,action,Do it,o1\n", encoding="utf-8"
    )
    with open_guard(table) as guard:
        assert rows(guard, "ASK { ?s ?p 'Do it' }") == [(True,)]
    assert load(table).nodes
    with pytest.raises(KgError), open_guard(tmp_path):
        pass
