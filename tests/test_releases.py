"""Releases: written aside, kept, rolled back, verified, and held open by readers."""

import copy
import json
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import kg
from kg.cli import main
from kg.cli.commands.build import command as build_command
from kg.errors import KgError, LoadError
from kg.model.graph import KnowledgeGraph
from kg.model.records import Node
from kg.store import files, history, releases
from kg.store.history import list_releases, read_history
from kg.store.index import write_index
from kg.store.release_writing import KEEP, prune, write_aside, write_release
from kg.store.releases import INDEX, QUADS, damage, open_release
from kg.store.rollback import roll_back

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(kg.__file__).parent.parent)}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "mes données" / ".kg"


def content(name, size=50):
    graph = KnowledgeGraph({f"{i}": Node(f"{i}", "Action", name) for i in range(size)}, ())
    quad = f'<http://e/s> <http://e/p> "{name}" <http://e/g> .\n'
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / INDEX
        write_index(index, graph)
        return {INDEX: index.read_bytes(), QUADS: quad * size}


def write(home, name, **options):
    counts = {"nodes": 50, "claims": 0, "statements": 50}
    facts = {"version": "1.2", "inputs": {"a.csv": "0"}, "counts": counts}
    return write_release(home, name, content(name), facts, **options)


def names(home):
    return [each.entry.name for each in list_releases(home)[0]]


def in_use(home):
    return open_release(home).name


def left_over(home):
    return sorted(p.name for p in home.iterdir() if p.name.startswith("."))


def test_a_writer_may_stream_into_sub_folders_and_caches(home):
    with write_aside(home) as writer:
        assert writer.folder.parent == home
        assert list(writer.folder.iterdir()) == []
        with writer.path("parts/a.bin").open("wb") as stream:
            for _ in range(100):
                stream.write(b"x" * 100_000)
        writer.path("store/CURRENT").write_text("anything")
        release = writer.commit("1f", {"version": "1"})
    assert set(release.manifest["files"]) == {"parts/a.bin"}
    assert release.manifest["files"]["parts/a.bin"]["size"] == 10_000_000
    assert release.manifest["caches"] == ["store"]
    assert (release.folder / "store" / "CURRENT").read_text() == "anything"
    (release.folder / "store" / "CURRENT").write_text("a store writes its logs")
    assert damage(release.folder, release.manifest, hashes=True) == []
    assert in_use(home) == "1f"


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "", "a/../../b"])
def test_a_writer_stays_inside(home, name):
    with write_aside(home) as writer, pytest.raises(KgError, match="does not lie in the release"):
        writer.path(name)


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "current", "lock", "history.jsonl", "é"])
def test_names_that_cannot_be(home, name):
    with write_aside(home) as writer, pytest.raises(KgError, match="release-name"):
        writer.commit(name, {})
    assert left_over(home) == []


def test_without_commit_nothing_changes(home):
    write(home, "a")
    with pytest.raises(UnicodeEncodeError), write_aside(home) as writer:
        writer.path("x").write_text("x" * 10**6 + "\ud800", encoding="utf-8")
    with write_aside(home) as writer:
        writer.path("x").write_text("x")
    assert names(home) == ["a"]
    assert left_over(home) == []


def test_same_content_gives_the_same_bytes(tmp_path):
    one = write(tmp_path / "one", "a")
    time.sleep(0.01)
    write(tmp_path / "two", "b")
    two = write(tmp_path / "two", "a")
    for path in one.folder.iterdir():
        assert path.read_bytes() == (two.folder / path.name).read_bytes()
    assert {p.name for p in one.folder.iterdir()} == {p.name for p in two.folder.iterdir()}
    state = (two.folder / QUADS).stat()
    again = write(tmp_path / "two", "a")
    assert (again.folder / QUADS).stat().st_ino == state.st_ino
    assert [e.sequence for e in read_history(tmp_path / "two")] == [1, 2]


def test_the_same_files_with_other_inputs_replace_only_the_manifest(home):
    first = write(home, "a")
    with write_aside(home) as writer:
        for key, text in content("a").items():
            writer.path(key).write_bytes(text if isinstance(text, bytes) else text.encode())
        writer.path("store/CURRENT").write_text("new")
        second = writer.commit("a", {"inputs": {"b.csv": "1"}})
    assert second.folder == first.folder
    assert second.manifest["inputs"] == {"b.csv": "1"}
    assert (second.folder / "store" / "CURRENT").read_text() == "new"
    assert in_use(home) == "a"


def test_two_contents_that_claim_one_name_both_stay(home):
    write(home, "a")
    other = write_release(home, "a", content("other"), {})
    assert other.name == "a-2"
    assert other.manifest["name"] == "a-2"
    assert in_use(home) == "a-2"
    assert write_release(home, "a", content("other"), {}).name == "a-2"
    assert [each.damage for each in list_releases(home, hashes=True)[0]] == [(), ()]


def test_a_disk_that_gives_back_other_bytes_is_noticed(home, monkeypatch):
    write(home, "a")
    real = files.sync_folder

    def spoil(folder):
        real(folder)
        for path in folder.glob(QUADS):
            if folder.name.startswith(".building-") and (folder / "manifest.json").exists():
                path.write_bytes(path.read_bytes()[:-2] + b"?\n")

    monkeypatch.setattr(files, "sync_folder", spoil)
    with pytest.raises(KgError, match="release-unsound") as caught:
        write(home, "b")
    assert "lineage.nq" in caught.value.message
    assert names(home) == ["a"]
    assert left_over(home) == []


def test_old_releases_are_pruned_but_for_the_kept(home):
    for name in "abcde":
        write(home, name)
    assert names(home) == ["e", "d", "c"]
    assert not (home / "a").exists()
    for number in range(10):
        write(home, f"f{number}", keep=1)
        assert names(home) == [f"f{number}"]
    # The history forgets what is gone: it does not grow for ever.
    assert len((home / "history.jsonl").read_text().splitlines()) == 2
    assert read_history(home)[0].sequence == 15


def test_what_is_no_release_is_never_removed(home):
    for name in ("docs", "units"):
        (home / name).mkdir(parents=True)
        (home / name / "manifest.json").write_text('{"files": {"a": 1}}')
    lines = [{"sequence": i, "name": n, "built": "x", "before": ""} for i, n in ((1, "docs"),)]
    (home / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for name in "abcd":
        write(home, name, keep=1)
    assert (home / "docs" / "manifest.json").is_file()
    assert (home / "units" / "manifest.json").is_file()


def test_going_back_and_forward(home):
    for name in "abc":
        write(home, name, keep=9)
    done = roll_back(home)
    assert (done.release.name, done.left, done.entry.sequence) == ("b", "c", 2)
    assert in_use(home) == "b"
    write(home, "d", keep=9)
    assert in_use(home) == "d"
    # Back from d is b, which was in use when d was built; c had been left for a reason.
    assert [roll_back(home).release.name for _ in range(2)] == ["b", "a"]
    with pytest.raises(LoadError, match="there is no earlier release") as caught:
        roll_back(home)
    assert caught.value.hint.startswith("whole are: d, c, b, a; choose one with")
    assert roll_back(home, "c").left == "a"
    assert in_use(home) == "c"
    write(home, "a", keep=9)
    assert names(home) == ["a", "d", "c", "b"]
    assert roll_back(home).release.name == "c"


def test_going_back_leads_round_what_was_pruned(home):
    for name in "abc":
        write(home, name, keep=9)
    for file in (home / "b").iterdir():
        file.unlink()
    (home / "b").rmdir()
    assert roll_back(home).release.name == "a"


def test_kept_are_those_that_one_goes_back_to(home):
    write(home, "a")
    write(home, "bad")
    roll_back(home)
    write(home, "b", keep=2)
    assert names(home) == ["b", "a"]


def test_no_rollback_to_what_is_damaged(home):
    for name in "abc":
        write(home, name)
    path = home / "b" / QUADS
    path.write_text(path.read_text().replace("b", "x", 1))
    with pytest.raises(LoadError, match=r"the release b is damaged: lineage\.nq has other content"):
        roll_back(home)
    assert in_use(home) == "c"
    with pytest.raises(LoadError, match="there is no release 'zz'"):
        roll_back(home, "zz")
    with pytest.raises(LoadError, match=r"there is no release '\.\./b'"):
        roll_back(home, "../b")


def test_a_clock_set_back_does_no_harm(home, monkeypatch):
    for year, name in zip((2026, 1999, 1970), "abc", strict=True):
        clock = datetime(year, 1, 1, tzinfo=UTC).isoformat()
        monkeypatch.setattr(history, "now", lambda clock=clock: clock)
        write(home, name)
        os.utime(home / name, (0, year))
    assert names(home) == ["c", "b", "a"]
    assert [e.built[:4] for e in read_history(home)] == ["2026", "1999", "1970"]
    assert roll_back(home).release.name == "b"
    write(home, "d", keep=2)
    assert names(home) == ["d", "b"]


@pytest.mark.parametrize("lost", ["all", "half a line", "not text", "lies"])
def test_a_lost_history_is_made_again_from_what_is_there(home, lost, capsys):
    for time_, name in enumerate("abc"):
        write(home, name)
        os.utime(home / name, (time_, time_))
    path = home / "history.jsonl"
    if lost == "all":
        path.unlink()
    elif lost == "half a line":
        path.write_text(path.read_text()[:-20])
    elif lost == "not text":
        path.write_bytes(b"\xff\x00" * 50)
    else:
        lies = ['{"sequence": 1, "name": "../../etc", "built": "", "before": ""}', "[" * 5000]
        lies += ['{"sequence": true, "name": "a", "built": "", "before": ""}', "null", '"a"', "3"]
        path.write_text("\n".join(lies))
    assert sorted(names(home)) == ["a", "b", "c"]
    assert main(["releases", "-o", str(home), "--verify"]) == int(lost != "all")
    assert ("history.jsonl cannot be read on line" in capsys.readouterr().err) == (lost != "all")
    before = in_use(home)
    assert write(home, "d", keep=4).name == "d"
    assert len(read_history(home)) == 4
    assert main(["releases", "-o", str(home), "--verify"]) == 0
    assert roll_back(home).release.name == before


DAMAGES = {
    "a file is missing": lambda home: (home / "b" / QUADS).unlink(),
    "a file is short": lambda home: os.truncate(home / "b" / QUADS, 10),
    "a file is a folder": lambda home: (
        (home / "b" / QUADS).unlink(),
        (home / "b" / QUADS).mkdir(),
    ),
    "no manifest": lambda home: (home / "b" / "manifest.json").unlink(),
    "half a manifest": lambda home: os.truncate(home / "b" / "manifest.json", 100),
    "no release": lambda home: (home / "b").rename(home / ".away"),
    "no pointer": lambda home: (home / "current").unlink(),
    "half a pointer": lambda home: (home / "current").write_bytes(b""),
    "a pointer outside": lambda home: (home / "current").write_text("../b\n"),
    "a pointer of bytes": lambda home: (home / "current").write_bytes(b"\xff\xfe\n"),
    "a long pointer": lambda home: (home / "current").write_text("b" * 10_000),
    "a manifest that leads outside": lambda home: (home / "b" / "manifest.json").write_text(
        (home / "b" / "manifest.json").read_text().replace(f'"{QUADS}"', '"../a/lineage.nq"')
    ),
    "a manifest without end": lambda home: (home / "b" / "manifest.json").write_text("[" * 10**6),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_said_and_both_ways_out_work(home, what, capsys):
    write(home, "a")
    write(home, "b")
    DAMAGES[what](home)
    with pytest.raises(LoadError) as caught:
        open_release(home)
    assert caught.value.code == "release-broken"
    assert "kg build" in caught.value.hint
    assert "--rollback" in caught.value.hint
    assert main(["releases", "-o", str(home)]) == 0
    assert main(["releases", "-o", str(home), "--verify"]) == 1
    assert capsys.readouterr().err
    if "pointer" in what:
        # The pointer is lost, not the releases: the newest comes back first.
        assert roll_back(home).release.name == "b"
    else:
        assert roll_back(home).release.name == "a"
    DAMAGES["a pointer outside"](home)
    assert write(home, "b").name == "b"
    assert in_use(home) == "b"
    assert roll_back(home).release.name == "a"
    roll_back(home, "b")
    assert open_release(home).graph().nodes["0"].label == "b"


def test_a_changed_byte_is_found_by_verify_alone(home, capsys):
    write(home, "a")
    path = home / "a" / QUADS
    data = path.read_bytes()
    path.write_bytes(data[:30] + bytes([data[30] ^ 1]) + data[31:])
    assert open_release(home).name == "a"
    assert main(["releases", "-o", str(home), "--format", "json"]) == 0
    assert main(["releases", "-o", str(home), "--verify", "--format", "jsonl"]) == 1
    out, err = capsys.readouterr()
    assert '"whole": true' in out
    assert '"whole": false' in out
    assert err == "a: lineage.nq has other content than when it was built\n"
    # Building the same content again mends it.
    write(home, "a")
    assert main(["releases", "-o", str(home), "--verify"]) == 0


def test_the_list(home, capsys):
    write(home, "a")
    write(home, "b")
    roll_back(home)
    assert main(["releases", "-o", str(home), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [list(row.values())[:2] for row in rows] == [[2, "b"], [1, "a"]]
    built = datetime.fromisoformat(rows[0].pop("built"))
    assert abs((datetime.now(UTC) - built).total_seconds()) < 60
    assert rows[0] == {
        "sequence": 2,
        "release": "b",
        "version": "1.2",
        "nodes": 50,
        "claims": 0,
        "statements": 50,
        "in_use": False,
        "whole": True,
    }
    assert rows[1]["in_use"]
    assert main(["releases", "-o", str(home / "none")]) == 2
    assert "make one with: kg build -o" in capsys.readouterr().err


def test_rollback_from_the_command_line(home, capsys, monkeypatch):
    for name in "ab":
        write(home, name)
    monkeypatch.setenv("KG_BUILD_ROLLBACK", "b")
    assert main(["build", "-o", str(home), "--rollback"]) == 0
    assert "release a (number 1, built " in (said := capsys.readouterr().err)
    assert "until now it was b" in said
    assert main(["build", "-o", str(home), "--rollback"]) == 2
    assert "error[rollback]: there is no earlier release" in capsys.readouterr().err
    assert main(["build", "-o", str(home), "--rollback", "b", "-q"]) == 0
    assert capsys.readouterr().err == ""
    assert in_use(home) == "b"
    assert main(["build", "-o", str(home / "none"), "--rollback"]) == 2
    assert not (home / "none").exists()
    assert "error[no-release]" in capsys.readouterr().err


def test_keep_is_a_setting(tmp_path, monkeypatch):
    home = tmp_path / "home"
    monkeypatch.setenv("KG_BUILD_KEEP", "1")
    write(home, "a")
    assert main(["build", "-o", str(home), "--no-shapes", "-q"]) == 0
    assert len(names(home)) == 1
    assert main(["build", "-o", str(home), "--keep", "0"]) == 2
    options = {option.name: option.default for option in build_command.params}
    assert options["keep"] == KEEP


def test_a_release_that_is_held_open_is_not_pruned(home):
    write(home, "a")
    release = open_release(home)
    write(home, "b", keep=1)
    assert release.graph().nodes["0"].label == "a"
    assert names(home) == ["b", "a"]
    del release
    write(home, "c", keep=1)
    assert names(home) == ["c"]


def test_copies_of_a_release_do_not_hold_it(home):
    write(home, "a")
    release = open_release(home)
    copied = [copy.copy(release), copy.deepcopy(release), pickle.loads(pickle.dumps(release))]  # noqa: S301
    assert copied[1:] == [release] * 2
    assert [each.held for each in copied[1:]] == [None, None]
    del copied
    write(home, "b", keep=1)
    assert names(home) == ["b", "a"]


def test_the_release_in_use_is_never_pruned(home):
    for name in "abc":
        write(home, name)
    roll_back(home, "a")
    prune(home, 1)
    assert names(home) == ["a"]
    assert in_use(home) == "a"


def test_a_swap_while_a_release_is_being_opened_is_followed(home, monkeypatch):
    write(home, "a")
    real, turns = releases.hold, ["b", "c"]

    def meanwhile(folder):
        now, turns[:] = turns[:], []
        for name in now:
            write(home, name, keep=1)
        return real(folder)

    monkeypatch.setattr(releases, "hold", meanwhile)
    assert open_release(home).graph().nodes["0"].label == "c"
    assert not (home / "a").exists()


def test_a_file_that_was_opened_answers_after_pruning(home):
    write(home, "a")
    with open_release(home).quads.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    write(home, "b", keep=1)
    assert not (home / "a").exists()
    with mapped:
        assert mapped[:].decode() == content("a")[QUADS]


HOLDER = """
    import sys
    from pathlib import Path
    from kg.store.release_writing import write_aside
    with write_aside(Path(sys.argv[1])) as writer:
        print("held", flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def holder(home):
    write(home, "first")
    started = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert started.stdout.readline() == b"held\n"
    yield started
    started.kill()
    started.communicate()


def test_the_second_build_says_who_holds_the_lock(home, holder, capsys):
    assert main(["build", "-o", str(home)]) == 2
    err = capsys.readouterr().err
    assert "error[build-running]: another build is writing to" in err
    assert f"process {holder.pid} of " in err
    assert os.uname().nodename in err
    assert "--wait" in err
    assert main(["build", "-o", str(home), "--rollback"]) == 2
    assert "waiting" not in capsys.readouterr().err
    for more in ([], ["--rollback"]):
        assert main(["build", "-o", str(home), "--wait", "0.1", *more]) == 2
        said = capsys.readouterr().err.splitlines()
        assert said[0].startswith("waiting up to 0.1 s for another build in ")
        assert len(said) == 3
    with pytest.raises(KgError, match="build-running"), write_aside(home):
        pytest.fail("two builds hold one lock")


def test_waiting_is_said_and_ends(home, holder):
    told = []
    begun = time.monotonic()
    with pytest.raises(KgError, match="build-running"):
        write(home, "a", wait=0.3, tell=told.append)
    assert time.monotonic() - begun >= 0.3
    assert [f"process {holder.pid}" in line for line in told] == [True]
    assert told[0].startswith("waiting up to 0.3 s for another build")


def test_who_waits_gets_the_lock(home, holder):
    def let_go(message):
        holder.stdin.write(b"\n")
        holder.stdin.flush()

    assert write(home, "a", wait=60, tell=let_go).name == "a"
    assert in_use(home) == "a"


def test_a_dead_holder_holds_nothing(home, holder):
    assert left_over(home) != []
    holder.kill()
    holder.wait()
    assert f'"pid": {holder.pid}' in (home / "lock").read_text()
    write(home, "a")
    assert left_over(home) == []


@pytest.mark.parametrize("text", ["", "{", "null", '{"pid": "\x1b[31m"}', "\0" * 9000, "[" * 4000])
def test_a_lock_that_says_nonsense_still_locks(home, holder, text):
    (home / "lock").write_text(text)
    with pytest.raises(KgError, match="a process that does not say who it is"):
        write(home, "a")


def test_a_lock_tells_the_command_and_none_of_its_options(home, monkeypatch):
    for words in (["build", "--data", "s3cret"], ["--s3cret", "x"], ["https://u:s3cret@h/"]):
        monkeypatch.setattr(sys, "argv", ["/usr/bin/kg", *words])
        with write_aside(home):
            said = json.loads((home / "lock").read_text())
        assert said["command"] == ("kg build" if words[0] == "build" else "kg")
        assert "s3cret" not in str(said)
        assert said["pid"] == os.getpid()
        assert (home / "lock").read_text() == ""


def test_what_a_lock_says_does_not_move_the_cursor(home, holder):
    said = {"pid": 1, "host": "h\x1b[2J", "user": "u" * 10_000, "started": "s", "command": "c\n"}
    (home / "lock").write_text(json.dumps(said)[:4000])
    with pytest.raises(KgError):
        write(home, "a")
    said["user"] = "u" * 1000
    (home / "lock").write_text(json.dumps(said))
    with pytest.raises(KgError) as caught:
        write(home, "a")
    assert "\x1b" not in str(caught.value)
    assert len(caught.value.message) < 600


def test_two_commands_at_once(tmp_path):
    command = [sys.executable, "-m", "kg", "build", "-o", str(tmp_path / "x"), "--no-shapes"]
    started = [
        subprocess.Popen([*command, "--wait", "300"], stderr=subprocess.PIPE, env=ENVIRONMENT)
        for _ in range(3)
    ]
    assert [process.communicate()[1] != b"" for process in started] == [True] * 3
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len(names(tmp_path / "x")) == 1


def test_releases_that_lost_their_pointer_are_not_passed_over(home, monkeypatch, capsys):
    write(home, "a")
    (home / "current").unlink()
    monkeypatch.chdir(home.parent)
    assert main(["show", "crisis-concordat"]) == 2
    assert "the pointer .kg/current is lost or damaged" in (err := capsys.readouterr().err)
    assert "kg build --rollback" in err
    assert main(["build", "--rollback"]) == 0
    assert main(["show", "0"]) == 0


def test_first_use_by_many_at_once_and_after_damage(tmp_path):
    environment = {**ENVIRONMENT, "KG_CACHE": str(tmp_path)}

    def use():
        return subprocess.Popen(
            [sys.executable, "-m", "kg", "show", "crisis-concordat"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=tmp_path,
        )

    said = [process.communicate() for process in [use(), use(), use()]]
    assert [err for _, err in said] == [b""] * 3
    assert len({out for out, _ in said}) == 1
    (index,) = tmp_path.rglob(INDEX)
    os.truncate(index, 1000)
    assert use().communicate() == said[0]


READER = """
    import json, sys, time
    from pathlib import Path
    from kg.store.releases import open_release
    home, stop, seen = Path(sys.argv[1]), Path(sys.argv[2]), {}
    print("ready", flush=True)
    while not stop.exists():
        release = open_release(home)
        time.sleep(0.001)
        lines = set(release.quads.read_text(encoding="utf-8").split('"')[1::2])
        labels = {node.label for node in release.graph().nodes.values()}
        if not {release.name} == lines == labels == {release.manifest["name"]}:
            sys.exit(f"half of one: {release.name} {lines} {labels}")
        seen[release.name] = seen.get(release.name, 0) + 1
    print(json.dumps(seen))
"""


@pytest.mark.parametrize("keep", [1, 2])
def test_readers_never_see_half_a_release(home, tmp_path, keep):
    write(home, "a")
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(READER), str(home), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout.readline() == "ready\n"
    for turn in range(30):
        write(home, "ba"[turn % 2], keep=keep)
        time.sleep(0.01)
    stop.touch()
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert (reader.returncode, err) == (0, "")
        seen = json.loads(out)
        assert set(seen) == {"a", "b"}
        assert sum(seen.values()) >= 30
