"""Benchmarks: the answers are known, the meter is honest, the page is what was measured."""

import csv
import json
import re
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.model.levels import RANKS

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from benchmarks import converting, generate, measuring, peers, registers, report, run, workspace  # noqa: E402 - see above

SHAPES = sorted(generate.SHAPES)


def made(folder, shape, items=600, seed=generate.SEED):
    generate.write_plan(generate.Plan(shape, items, seed), folder)
    return workspace.Generated(folder)


def by_brute_force(table):
    """Work everything out from the table alone, without sharing a line with the generator."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    level = {row["id"]: row["level"] for row in rows}
    up = {row["id"]: row["serves"].split() for row in rows}
    down = {}
    for name, parents in up.items():
        for parent in parents:
            down.setdefault(parent, []).append(name)

    def closure(name, step):
        found, waiting = set(), [name]
        while waiting:
            for other in step.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    goals = {
        n: {o for o in closure(n, up) if level[o] == "Objective"}
        for n in level
        if level[n] != "Objective"
    }
    findings = {("stranded" if up[n] else "unlinked", n) for n in goals if not goals[n]}
    for name, cls in level.items():
        if RANKS[cls] < RANKS["Action"]:
            below = closure(name, down)
            if not below:
                findings.add(("unserved", name))
            elif not any(level[other] == "Action" for other in below):
                findings.add(("hollow", name))
    return level, up, goals, findings


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=8, deadline=None)
@given(items=st.integers(500, 1500), seed=st.integers(0, 10**6))
def test_truth_is_what_brute_force_finds(shape, items, seed, tmp_path_factory):
    plan = made(tmp_path_factory.mktemp("plan"), shape, items, seed)
    level, up, goals, findings = by_brute_force(plan.table)
    truth = plan.truth
    assert plan.findings == findings
    assert truth["findings"] == {
        rule: sum(found == rule for found, _ in findings) for rule in truth["findings"]
    }
    actions = [name for name, cls in level.items() if cls == "Action"]
    assert truth["items"] == len(level) == items
    assert truth["actions"] == len(actions)
    assert truth["links"] == sum(map(len, up.values()))
    assert truth["pairs"] == sum(len(goals[name]) for name in actions)
    assert truth["orphan_actions"] == sum(not goals[name] for name in actions)
    for goal, number in truth["reaching"].items():
        assert number == sum(goal in goals[name] for name in actions)
    for action, reached in truth["samples"].items():
        assert set(reached) == goals[action]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_kind_of_fault_is_planted(shape, tmp_path):
    plan = made(tmp_path, shape, 1000)
    assert all(plan.truth["findings"].values()), plan.truth["findings"]
    assert len(plan.truth["samples"]) > 50
    least, most = generate.SHAPES[shape].parents
    _, up, _, _ = by_brute_force(plan.table)
    numbers = {len(parents) for name, parents in up.items() if name.startswith("ACT")}
    assert numbers - {0, 1} <= set(range(least, most + 1))
    assert max(numbers) == most


def planted(graph):
    found = {(f.rule, f.node) for f in kg.audit(graph)}
    return {(rule, node) for rule, node in found if rule not in workspace.UNPLANTED}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_product_finds_the_planted_faults_and_no_others(shape, tmp_path):
    plan = made(tmp_path, shape, 800)
    graph = kg.load(plan.table)
    assert planted(graph) == plan.findings
    assert len(kg.matrix(graph)) == plan.truth["pairs"]


def test_same_seed_same_bytes(tmp_path):
    one, two, other = (
        made(tmp_path / name, "wide", seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8))
    )
    for name in ("plan.csv", "truth.json", "findings.tsv"):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()
    assert one.table.read_bytes() != other.table.read_bytes()


def test_a_plan_of_any_size_is_written_in_the_same_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "_REMEMBERED", 64)

    def peak(items):
        tracemalloc.start()
        made(tmp_path / str(items), "wide", items)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1000)  # what is imported at the first use is no part of it
    assert peak(8000) < 1.2 * peak(1600)


def test_so_many_actions():
    for shape in SHAPES:
        items = generate.items_with(shape, 1234)
        assert generate.Plan(shape, items).actions >= 1234
        assert generate.Plan(shape, items - 1).actions < 1234
    with pytest.raises(ValueError, match="too few"):
        generate.Plan("deep", 20)


def test_registers_quote_their_documents_and_their_faults_are_known(tmp_path):
    registers.write_registers(tmp_path, 8)
    plan = workspace.Generated(tmp_path)
    graph = kg.load(tmp_path)  # raises when a quotation does not stand in its document
    assert len(graph.nodes) == plan.truth["nodes"]
    assert sum(not claim.rule for claim in graph.claims) == plan.truth["links"]
    assert planted(graph) == plan.findings
    assert all(plan.truth["findings"].values())


def test_a_revised_plan_changes_only_its_own_files(tmp_path):
    registers.write_registers(tmp_path, 5)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    registers.revise(tmp_path, 5, 3)
    changed = {path for path, data in before.items() if path.read_bytes() != data}
    assert {path.relative_to(tmp_path).as_posix() for path in changed} == {
        "documents.csv",
        "registers/plan-000003/elements.csv",
        "sources/plan-000003.txt",
    }
    kg.load(tmp_path)


def python(code, folder, **options):
    return measuring.Task("probe", [sys.executable, "-I", "-S", "-c", code], folder, **options)


def test_the_meter_sees_time_and_memory_of_the_command_alone(tmp_path):
    ballast = bytearray(200_000_000)  # ours, and no part of what the command needs
    small = measuring.run_once(python("pass", tmp_path))
    assert small.peak < 60_000_000 < len(ballast)
    large = measuring.run_once(python("x = b'x' * 90_000_000", tmp_path))
    assert 90_000_000 < large.peak < 150_000_000
    code = "import time\nwhile time.process_time() < 0.3: pass"
    busy = measuring.run_once(python(code, tmp_path))
    assert 0.3 <= busy.cpu < 1
    idle = measuring.run_once(python("import time; time.sleep(0.3)", tmp_path))
    assert idle.wall >= 0.3 > idle.cpu


def test_the_meter_counts_what_children_did(tmp_path):
    code = (
        "import os, time\n"
        "if (child := os.fork()) == 0:\n"
        "    while time.process_time() < 0.3: pass\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)"
    )
    assert measuring.run_once(python(code, tmp_path)).cpu >= 0.3


def test_what_fails_or_lies_is_not_measured(tmp_path):
    def check(output):
        workspace.expect("answer", output.read_text().strip(), "42")

    assert measuring.run_once(python("print(42)", tmp_path, check=check)).runs == 1
    for code, options, said in (
        ("print(41)", {"check": check}, "wrong answer: answer: 41, not 42"),
        ("raise SystemExit('no room')", {}, r"no room \(exit 1\)"),
        ("import time; time.sleep(60)", {"limit": 0.2}, "not finished after 0 s"),
        ("import os; os.kill(os.getpid(), 9)", {}, r"it said nothing \(exit -9\)"),
        ("print()", {"check": lambda _: {}["x"]}, "the answer cannot be read: KeyError"),
    ):
        with pytest.raises(measuring.NotMeasured, match=said):
            measuring.run_once(python(code, tmp_path, **options))


def test_sides_take_turns(tmp_path):
    log = tmp_path / "log"
    sides = [
        python(f"open({str(log)!r}, 'a').write({name!r})", tmp_path / name) for name in ("A", "B")
    ]
    costs = measuring.compare(*sides, repeats=3)
    assert log.read_text() == "ABABAB"
    assert [cost.runs for cost in costs] == [3, 3]


def test_the_page_and_the_file_say_the_same_and_no_path_of_a_machine():
    said = f"cannot read {Path.home()}/x/plan.csv in {ROOT}/data, or '/tmp/secret/place/a.csv'"
    results = [
        report.Result("targets", "a | b", "10", "1 s", target="≤ 2 s", met=True),
        report.Result("targets", "c", "10", "3 s", target="≤ 2 s", met=False, note="slow"),
        report.missing("peers", "d", "10", measuring.NotMeasured(measuring.scrub(said))),
    ]
    page = report.as_markdown(results, {"Date": "2026-01-31"})
    assert "| a \\| b | 10 | 1 s | ≤ 2 s | yes |  |" in page
    assert "| c | 10 | 3 s | ≤ 2 s | **no** | slow |" in page
    assert "not measured" in page
    assert not re.search(r"/(home|root|tmp|work)/", page)
    content = json.loads(report.as_json(results, {"Date": "2026-01-31"}))
    again = [report.Result(**entry) for entry in content["results"]]
    assert report.as_markdown(again, content["about"]) == page


@pytest.mark.skipif(not run.PAGE.exists(), reason="the page is written by python -m benchmarks.run")
def test_the_page_is_generated_and_never_typed():
    content = json.loads(run.LATEST.read_text(encoding="utf-8"))
    results = [report.Result(**entry) for entry in content["results"]]
    assert report.as_markdown(results, content["about"]) == run.PAGE.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|tmp|work)/", run.PAGE.read_text(encoding="utf-8"))


def test_growth_is_held_against_linear(tmp_path):
    bench = run.Bench(workspace.Workspace(tmp_path, tmp_path / "scratch"))
    bench.growth.update({("build", 10_000): 1.0, ("build", 1_000_000): 119.0})
    bench.growth.update({("audit", 10_000): 1.0, ("audit", 1_000_000): 121.0})
    lines = {line.what: line for line in run.run(bench, ["growth"])}
    assert [lines[f"growth of {what}"].met for what in ("build", "audit", "matrix")] == [
        True,
        False,
        False,
    ]
    assert lines["growth of matrix"].measured == "not measured"


NATIVE = {
    "throughline": (r"^uid: (\S+)$", r"target: ([A-Z]+-\d+)", "*/[A-Z]*.yml"),
    "sphinx-needs": (r"^   :id: (\S+)$", r"([A-Z]+-\d+)(?=, |$)", "page*.rst"),
    "doorstop": (None, r"^- ([A-Z]+-\d+): null$", "*/[A-Z]*.yml"),
    "strictdoc": (r"^UID: (\S+)$", r"^  VALUE: (\S+)$", "*.sdoc"),
}


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.package)
def test_every_item_and_link_reaches_the_other_tool(peer, tmp_path):
    plan = made(tmp_path / "plan", "wide")
    peer.convert(plan.table, tmp_path / "tree")
    ids, links, pattern = NATIVE[peer.package]
    found, served = [], []
    for path in sorted((tmp_path / "tree").glob(pattern)):
        text = path.read_text(encoding="utf-8")
        found += re.findall(ids, text, re.MULTILINE) if ids else [path.stem]
        for line in text.splitlines():
            if ids != NATIVE["sphinx-needs"][0] or line.startswith("   :serves: "):
                served += re.findall(links, line)
    items = list(converting.items_of(plan.table))
    assert sorted(found) == sorted(item.id for item in items)
    assert sorted(served) == sorted(name for item in items for name in item.serves)


def test_what_other_tools_say_is_understood(tmp_path):
    named = {peer.package: peer.named for peer in peers.PEERS}
    said = "[ERROR] ACT-1    orphan    act has no grounding link\n[ERROR] X-1  schema  no\n"
    assert named["throughline"](said, tmp_path) == {"ACT-1"}
    said = "WARNING: ACT: ACT-2: no links to parent document: WRK\nWARNING: WRK: WRK-1: no text\n"
    assert named["doorstop"](said, tmp_path) == {"ACT-2"}
    said = "WARNING: orphan: failed\n\t\tfailed needs: 2 (ACT-3, ACT-4)\n\t\tused filter: x"
    assert named["sphinx-needs"](said, tmp_path) == {"ACT-3", "ACT-4"}
    assert named["sphinx-needs"]("orphan: passed", tmp_path) == set()
    (tmp_path / "sdoc").mkdir()
    (tmp_path / "sdoc" / "a.sdoc").write_text("[REQUIREMENT]\nUID: ACT-5\nTITLE: UID: no\n")
    assert named["strictdoc"]("", tmp_path) == {"ACT-5"}


@pytest.mark.parametrize("shape", SHAPES)
def test_bare_numpy_closes_the_same_links(shape):
    np = pytest.importorskip("numpy")
    from benchmarks.closure import bare

    plan = generate.Plan(shape, 700)
    first = [0]
    for level in plan.levels:
        first.append(first[-1] + level.count)
    child, parent, starts = [], [], [0]
    for level, own in enumerate(plan.levels[1:], 1):
        for place in range(own.count):
            for other in plan.parents(level, place):
                child.append(first[level] + place)
                parent.append(first[level - 1] + other)
        starts.append(len(child))
    targets = np.arange(plan.levels[0].count)
    words = bare(first[-1], *map(np.array, (child, parent, starts)), targets)
    for level, own in enumerate(plan.levels[1:], 1):
        for place in range(own.count):
            found = int.from_bytes(words[first[level] + place].astype("<u8").tobytes(), "little")
            assert found == plan.reach(level, place)


def test_what_cannot_be_run_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run", "--only", "speed"])
    with pytest.raises(SystemExit) as stopped:
        run.main()
    assert stopped.value.code == 2
    assert "no measurement is called 'speed'" in capsys.readouterr().err


def test_a_run_of_some_leaves_the_lines_of_the_others(monkeypatch, tmp_path):
    def measure(words):
        return lambda _: iter([report.Result("targets", words, "1", words)])

    monkeypatch.setattr(run, "LATEST", tmp_path / "results" / "latest.json")
    monkeypatch.setattr(run, "PAGE", tmp_path / "page.md")
    for name, words in (("cold-trace", "alpha"), ("audit", "beta"), ("cold-trace", "gamma")):
        monkeypatch.setitem(run.MEASUREMENTS, name, measure(words))
        monkeypatch.setattr(sys, "argv", ["run", "--only", name, "--write"])
        run.main()
    lines = run.PAGE.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines for word in line.split() if word in ("alpha", "beta", "gamma")]
    assert words == ["gamma", "gamma", "beta", "beta"]
    assert "`python -m benchmarks.run --only cold-trace --write`" in run.PAGE.read_text()


def test_tools_that_are_absent_are_said_to_be_absent(tmp_path, monkeypatch):
    monkeypatch.setenv("KG_BENCH_CACHE", str(tmp_path))
    bench = run.Bench(workspace.Workspace(tmp_path, tmp_path / "scratch"), (1000,))
    lines = list(run.run(bench, ["peers"]))
    assert [line.what for line in lines] == [peer.package for peer in peers.PEERS]
    assert {line.against for line in lines} == {"absent"}


def test_a_measurement_runs_from_end_to_end(tmp_path, monkeypatch):
    monkeypatch.setenv("KG_BENCH_CACHE", str(tmp_path))
    space = workspace.Workspace(tmp_path, tmp_path / "scratch")
    bench = run.Bench(space, (1000,), patience=0.0)
    (line,) = run.run(bench, ["audit"])
    assert line.size == "1 000 items"
    assert line.figures["cpu"] > 0
    assert line.figures["peak"] > 10_000_000
    plan = space.plan("wide", items=1000)
    (plan.folder / "findings.tsv").write_text("unlinked\tACT-1\n")
    (line,) = run.run(bench, ["audit"])
    assert line.measured == "not measured"
    assert "findings that differ" in line.note
    space.close()
    assert not space.scratch.exists()
