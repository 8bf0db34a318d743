"""Large registers: bounded memory, lines merged on disk, progress on a terminal and only there."""

import hashlib
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_sets import many

from kg.building.build import run_build
from kg.building.merging import merged_blocks, sort_lines
from kg.building.options import Options
from kg.errors import KgError
from kg.model.records import Document
from kg.registers.documents import SourceText, Texts

ROOT = Path(__file__).parent.parent
STREAM = """
import resource, sys, tempfile
from pathlib import Path
from kg.building.assembling import assemble
from kg.building.cache import Cache
from kg.building.inference import infer_units
from kg.building.inputs import hash_inputs
from kg.building.units import read_units

data, home = map(Path, sys.argv[1:])
cache = Cache(home)
units = read_units(hash_inputs(data), cache)
assert not units.errors
content = assemble(units, infer_units(units, cache), cache)
records = sum(1 for kind in (content.nodes, content.claims, content.facts) for _ in kind)
assert records == content.records
assert sum(map(len, content.blocks(home))) > records
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
BYTES_A_ROW = 2_000


def peak(folder, plans, rows):
    """Return rows and peak bytes of reading, inferring and merging a set of registers."""
    count = many(folder / "data", plans, rows)
    done = subprocess.run(
        [sys.executable, "-c", STREAM, str(folder / "data"), str(folder / "home")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return count, int(done.stdout)


def test_memory_a_row(tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "large").mkdir()
    small = peak(tmp_path / "small", 20, 50)
    large = peak(tmp_path / "large", 80, 50)
    assert large[0] > 3 * small[0]
    assert (large[1] - small[1]) / (large[0] - small[0]) < BYTES_A_ROW


LINES = st.lists(st.text(st.characters(min_codepoint=32, codec="utf-8"), max_size=6), max_size=30)


@given(st.lists(LINES, max_size=9), st.integers(1, 60), st.integers(2, 4))
def test_merging_is_sorting(files, room, fan):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for number, lines in enumerate(files):
            paths.append(folder / str(number))
            assert sort_lines(lines, paths[-1], room=room) == len(set(lines))
        expected = sorted({line.encode() + b"\n" for lines in files for line in lines})
        for key in (None, lambda line: line[::-1]):
            if key:
                for path in paths:
                    found = path.read_bytes().splitlines(keepends=True)
                    path.write_bytes(b"".join(sorted(found, key=key)))
            blocks = merged_blocks(paths, folder, key=key, room=room, fan=fan)
            merged = [line for block in blocks for line in block]
            assert merged == sorted(expected, key=key)
        assert {path.name for path in folder.iterdir()} == {path.name for path in paths}


def test_progress_counts_every_stage_to_its_end(tmp_path):
    rows = many(tmp_path / "data", 3, 20)
    seen = {}
    for _ in range(2):
        run_build(
            tmp_path / "data",
            tmp_path / "home",
            shapes=False,
            options=Options(
                progress=lambda stage, done, total: seen.setdefault(stage, []).append((done, total))
            ),
        )
        (tmp_path / "home" / "current").unlink()
        assert list(seen) == [
            "hashing files",
            "reading rows",
            "inferring from links",
            "indexing records",
            "writing statements",
        ]
        assert seen["reading rows"][-1] == (rows + 4, rows + 4)  # and the rows of instruments
        for told in seen.values():
            done = [count for count, _ in told]
            assert done == sorted(done)
            assert done[-1] == told[-1][1] > 0
            assert len({total for _, total in told}) == 1
        seen.clear()


def on_terminal(arguments):
    """Run our command with a terminal as standard error, and return what it shows there."""
    own, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=other,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(other)
    shown = b""
    while True:
        try:
            part = os.read(own, 4096)
        except OSError:  # the other end has gone
            break
        if not part:
            break
        shown += part
    os.close(own)
    assert process.wait() == 0
    return shown.decode()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registers")
    many(folder / "data", 5, 100)
    return folder / "data"


def test_a_terminal_shows_a_bar_with_rate_and_remaining_time(data, tmp_path):
    shown = on_terminal(["build", "--no-shapes", "--data", str(data), "-o", str(tmp_path)])
    assert "reading rows" in shown
    assert "━" in shown
    assert "/s" in shown
    assert "0:00:0" in shown
    assert "every quotation stands in its document" in shown
    again = on_terminal(["build", "--no-shapes", "--data", str(data), "-o", str(tmp_path)])
    assert "nothing has changed" in again


def test_quiet_shows_nothing_on_a_terminal(data, tmp_path):
    assert (
        on_terminal(["build", "-q", "--no-shapes", "--data", str(data), "-o", str(tmp_path)]) == ""
    )


def test_a_pipe_gets_one_line_and_no_bar(data, tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-m", "kg", "build", "--no-shapes"),
            *("--data", str(data), "-o", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    timed = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert len(said) == 1
    assert said[0].startswith("release ")
    assert done.stdout == ""
    # What nobody sees is not even imported.
    assert not [line for line in timed if "rich" in line.split("|")[-1]]


def test_texts_are_let_go_and_read_again(tmp_path):
    texts = Texts(tmp_path, room=10)
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"the words of {name}", encoding="utf-8")
        total = hashlib.sha256(path.read_bytes()).hexdigest()
        document = Document(name, path.name, total)
        texts.add(document, SourceText(document, path.read_text(encoding="utf-8")))
    assert len(texts._kept) == 1
    assert texts["a"].text == "the words of a"
    assert list(texts) == ["a", "b", "c"]
    (tmp_path / "b.txt").write_text("other words", encoding="utf-8")
    with pytest.raises(KgError, match="input-changed"):
        texts["b"]
    (tmp_path / "c.txt").unlink()
    with pytest.raises(KgError, match="input-changed"):
        texts["c"]
    assert texts.get("d") is None
