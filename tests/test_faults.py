"""Whatever happens to a build, the release in use is whole, and the next build succeeds."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kg
from kg.building.build import build
from kg.cli import main
from kg.errors import LoadError
from kg.resources import data_folder
from kg.store.history import list_releases, read_history
from kg.store.release_writing import in_use, write_release
from kg.store.releases import damage, open_release
from kg.store.rollback import roll_back

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(kg.__file__).parent.parent)}
DRIVER = Path(__file__).parent / "dying_writer.py"
BUILD = ["build", "--no-shapes"]
TEXT = "Aims of the nation\nBetter lives\nPlan of the town\nOpen a café, for Better lives\n"
REGISTERS = {
    "readers.csv": "id,label,class,note\nus,Us,Organization,\n",
    "documents.csv": "id,path,sha256,title,instrument,original_name,read_by,read_on\n"
    "town,sources/town.txt,{sha},Plan,town,,us,2026-01-02\n",
    "instruments.csv": "id,title,kind,level,jurisdiction,place,issued,alternative_titles,"
    "supersedes,quote,line,document,source_quote,source_document,note\n"
    "nation,Aims,strategy,national,England,,,,,Aims of the nation,,town,,,\n"
    "town,Plan,plan,local,England,,,,,Plan of the town,,town,,,{note}\n",
    "bodies.csv": "id,label,class,alternative_labels,place,jurisdiction,quote,line,document,note\n",
    "registers/nation/elements.csv": "id,class,kind,called_in_source,number,label,text,quote,line,"
    "document,repaired,confidence,note\n"
    "nation/objective/1,Objective,objective,,1,Better lives,,Better lives,2,town,,,\n",
    "registers/town/elements.csv": "id,class,kind,called_in_source,number,label,text,quote,line,"
    "document,repaired,confidence,note\n"
    "town/action/1,Action,action,,1,A café,,Open a café,,,,,\n",
    "registers/town/links.csv": "subject,predicate,object,basis,quote,line,document,decision,"
    "rationale,confidence,note\n"
    "town/action/1,serves,nation/objective/1,stated,for Better lives,,,accepted,,,\n",
}


def make_data(folder, note=""):
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "schemas").exists():
        shutil.copytree(data_folder() / "schemas", folder / "schemas")
        shutil.copy(data_folder() / "code-lists.csv", folder)
    sha = hashlib.sha256(TEXT.encode()).hexdigest()
    for name, text in {**REGISTERS, "sources/town.txt": TEXT}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        filled = text.replace("{sha}", sha).replace("{note}", note)
        (folder / name).write_text(filled, encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path):
    return make_data(tmp_path / "données de la ville" / "data")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "my releases é" / ".kg"


def check(home, allowed):
    """Hold the release in use, and every other that is listed, to every byte; return its name."""
    release = open_release(home)
    assert damage(release.folder, release.manifest, hashes=True) == []
    assert release.name in allowed
    listed, problems = list_releases(home, hashes=True)
    assert problems == []
    assert [each.damage for each in listed] == [()] * len(listed)
    sequence = [entry.sequence for entry in read_history(home)]
    assert sequence == sorted(set(sequence))
    return release.name


def left_over(home):
    return [path.name for path in home.iterdir() if path.name.startswith(".")]


def one_message(capsys):
    err = capsys.readouterr().err
    lines = err.splitlines()
    assert len(lines) == 2, err
    assert "error[" in lines[0]
    assert lines[1].startswith("  hint: ")
    return err


# -- every step of writing fails in turn ---------------------------------------------------------


def content(name):
    return {f"{part}.txt": f"{name} {part}\n" * 2000 for part in ("first", "second", "third")}


def facts():
    return {"version": "1", "inputs": {}, "counts": {"nodes": 1}}


def template(home, scenario):
    """Make a folder of releases; return the name in use and those that may be it afterwards."""
    home.mkdir(parents=True)
    if scenario == "first":
        return "", {"new"}
    write_release(home, "old", content("old"), facts())
    if scenario in ("again", "mend", "rollback"):
        write_release(home, "new", content("new"), facts())
    if scenario == "rollback":
        return "new", {"new", "old"}
    if scenario in ("again", "mend"):
        roll_back(home)
    if scenario == "mend":
        os.truncate(home / "new" / "second.txt", 100)
    return "old", {"old", "new"}


def run_driver(tmp_path, way, scenario):
    """Let every step fail in turn; yield home and end of each, and the error it met."""
    home = tmp_path / "template"
    before, allowed = template(home, scenario)
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(home), str(tmp_path / "all"), way, scenario],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    ends, error = [], {}
    for line in done.stdout.splitlines():
        said = json.loads(line)
        if isinstance(said, dict):
            error = said
        else:
            ends.append((tmp_path / "all" / str(len(ends) + 1), said, error))
            error = {}
    assert len(ends) > (15 if scenario == "rollback" else 40), done.stderr
    return ends, before, allowed


@pytest.fixture
def no_flushing(monkeypatch):
    """Spare the disk in the building after each fault: what is flushed is tested before it."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


SCENARIOS = ["first", "second", "again", "mend", "rollback"]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("way", ["kill", "cut"])
def test_killed_at_every_step(tmp_path, no_flushing, way, scenario):
    ends, before, allowed = run_driver(tmp_path, way, scenario)
    assert {code for _, code, _ in ends} == {-signal.SIGKILL}
    seen = set()
    for home, _, _ in ends:
        if scenario == "mend" and (home / "new").exists():
            # What was damaged before may still be; what is in use may not.
            open_release(home)
        elif before or (home / "current").exists():
            seen.add(check(home, allowed))
        else:
            with pytest.raises(LoadError, match=r"no-release|pointer .* is lost"):
                open_release(home)
        write_release(home, "new", content("new"), facts())
        assert left_over(home) == []
        assert check(home, {"new"}) == "new"
        assert open_release(home).manifest["files"].keys() == content("new").keys()
    # The kills came before the swap and after it.
    assert seen >= (allowed if scenario != "mend" else set())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_disk_refuses_every_step(tmp_path, no_flushing, scenario):
    ends, before, allowed = run_driver(tmp_path, "refuse", scenario)
    assert {code for _, code, _ in ends} <= {0, 2}
    assert sum(code == 2 for _, code, _ in ends) > 5
    for home, code, error in ends:
        if not home.joinpath("current").exists():
            assert (code, before) == (2, "")
        else:
            used = open_release(home)
            assert damage(used.folder, used.manifest, hashes=True) == []
            assert used.name in allowed
            if code == 2 and used.name != before:
                assert "the other release is in use, but" in error["hint"]
        if code == 2 and scenario in ("first", "second") and in_use(home) != "new":
            assert not (home / "new").exists()
        if code == 2:
            assert error["message"]
            assert error["hint"]
        if code == 0 and scenario != "rollback":
            assert used.name == "new"
        write_release(home, "new", content("new"), facts())
        assert left_over(home) == []
        check(home, {"new"})


# -- a whole build is killed at any moment -------------------------------------------------------

KILLS = 64


def start(data, home, *options):
    return subprocess.Popen(
        [sys.executable, "-m", "kg", *BUILD, "--data", str(data), "-o", str(home), *options],
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )


def test_killed_at_any_moment(data, home):
    first = build(data, home, shapes=False).name
    begun = time.monotonic()
    assert start(data, home, "-q").communicate() == (None, b"")
    whole = time.monotonic() - begun
    rng = random.Random(20260105)
    allowed, finished = {first}, 0
    for number in range(KILLS):
        make_data(data, f"turn {number}")
        process = start(data, home)
        time.sleep(whole * 1.1 * (number + rng.random()) / KILLS)
        process.kill()
        process.communicate()
        finished += process.returncode == 0
        used = open_release(home)
        assert damage(used.folder, used.manifest, hashes=True) == []
        graph = used.graph()
        assert graph.nodes["town/action/1"].label == "A café"
        note = graph.nodes["town"].note
        name = check(home, {used.name})
        assert (name in allowed) != (note == f"turn {number}")
        release = build(data, home, shapes=False)
        assert open_release(home).graph().nodes["town"].note == f"turn {number}"
        assert left_over(home) == []
        allowed = {release.name}
    assert finished < KILLS


# -- full disks ----------------------------------------------------------------------------------


def mount(folder, options):
    """Mount a file system in memory; without the right to, skip, but never where CI runs."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid():
        command = ["sudo", "-n", *command[:4], f"{options},uid={os.geteuid()}", *command[5:]]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        refused = done.stderr if done.returncode else ""
    except FileNotFoundError as error:
        refused = str(error)
    if refused and os.environ.get("CI") == "true" and sys.platform == "linux":
        pytest.fail(f"cannot mount a file system here: {refused}")
    if refused:
        pytest.skip(f"needs the right to mount a file system: {refused}")


@pytest.fixture
def disk(tmp_path):
    """Return a function that mounts a file system of some size."""
    mounted = []

    def make(options):
        folder = tmp_path / f"disk {len(mounted)}"
        mount(folder, options)
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        command = ["umount", "-l", str(folder)]
        subprocess.run(["sudo", "-n", *command] if os.geteuid() else command, check=True)


def fill(folder, free):
    """Fill a file system but for some bytes."""
    state = os.statvfs(folder)
    with (folder / "filler").open("wb") as stream:
        left = state.f_bavail * state.f_frsize - free
        while left > 0:
            left -= stream.write(bytes(min(left, 1 << 16)))


def test_a_full_disk(data, disk, capsys):
    folder = disk("size=16m")
    home = folder / ".kg"
    first = build(data, home, shapes=False)
    size = sum(path.stat().st_size for path in first.folder.iterdir())
    make_data(data, "changed")
    outcomes = []
    whole = size // 4096
    pages = [0, 1, 2, 3, 8, whole // 4, whole // 2, whole - 4, whole - 1]
    # What a next build need not do again takes as much again, and room to sort in.
    for free in [page * 4096 for page in pages] + [4 * size]:
        fill(folder, free)
        outcomes.append(main([*BUILD, "--data", str(data), "-o", str(home), "-q"]))
        (folder / "filler").unlink()
        if outcomes[-1]:
            err = one_message(capsys)
            assert "error[release-write]" in err
            assert "the disk is full: free space" in err
            assert "the release in use is as it was" in err
            assert check(home, {first.name})
            assert left_over(home) == []
            assert len(list_releases(home)[0]) == 1
    assert outcomes == [2] * len(pages) + [0]
    assert open_release(home).graph().nodes["town"].note == "changed"
    assert len(list_releases(home)[0]) == 2


LIMITED = """
import resource, sys
from kg.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""


def test_files_that_may_not_grow(data, home):
    first = build(data, home, shapes=False)
    largest = max(path.stat().st_size for path in first.folder.iterdir())
    make_data(data, "changed")
    command = [*BUILD, "--data", str(data), "-o", str(home), "-q"]
    for limit in (0, 1, 4096, largest // 2, largest - 1):
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(limit), *command],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert len(done.stderr.splitlines()) == 2, done.stderr
        assert "error[release-write]" in done.stderr
        assert "raise the limit (ulimit -f)" in done.stderr
        check(home, {first.name})
        assert left_over(home) == []
    assert main(command) == 0


# -- folders that cannot be written, files that cannot be read -----------------------------------


def test_a_folder_that_can_only_be_read(data, disk, capsys):
    folder = disk("size=8m")
    home = folder / ".kg"
    first = build(data, home, shapes=False)
    make_data(data, "changed")
    options = ["mount", "-o", "remount,ro", str(folder)]
    subprocess.run(["sudo", "-n", *options] if os.geteuid() else options, check=True)
    for command in (
        [*BUILD, "--data", str(data), "-o", str(home)],
        [*BUILD, "--data", str(data), "-o", str(folder / "new")],
        ["build", "-o", str(home), "--rollback", first.name],
    ):
        assert main(command) == 2
        assert "the folder can only be read, or choose another folder" in one_message(capsys)
    # Reading needs no right to write.
    check(home, {first.name})
    assert main(["releases", "-o", str(home), "--verify"]) == 0


@pytest.mark.parametrize("where", [".", "below"])
def test_a_file_in_place_of_the_folder(data, tmp_path, where, capsys):
    (tmp_path / "file").write_text("mine")
    home = tmp_path / "file" / where
    assert main([*BUILD, "--data", str(data), "-o", str(home)]) == 2
    assert "that is a file and no folder" in one_message(capsys)
    assert (tmp_path / "file").read_text() == "mine"


def as_folder(path):
    path.unlink()
    path.mkdir()


def as_dangling_link(path):
    path.unlink()
    path.symlink_to("/nowhere/at/all")


def as_other_encoding(path):
    path.write_bytes("café".encode("latin-1") + path.read_bytes())


UNREADABLE = [
    "documents.csv",
    "readers.csv",
    "bodies.csv",
    "instruments.csv",
    "registers/town/elements.csv",
    "registers/town/links.csv",
    "sources/town.txt",
    "schemas/links.json",
]


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("how", [as_folder, as_dangling_link, as_other_encoding])
def test_an_input_that_cannot_be_read(data, home, how, name, capsys):
    first = build(data, home, shapes=False)
    how(data / name)
    assert main([*BUILD, "--data", str(data), "-o", str(home)]) == 2
    err = capsys.readouterr().err
    errors = [line for line in err.splitlines() if "error[" in line]
    assert len([line for line in errors if "error[build-failed]" not in line]) == 1, err
    assert name.rsplit("/", 1)[-1] in errors[0]
    assert "  hint: " in err
    assert check(home, {first.name})
    assert left_over(home) == []
    assert len(list_releases(home)[0]) == 1


def test_no_data_at_all(tmp_path, home, capsys):
    assert main([*BUILD, "--data", str(tmp_path / "none"), "-o", str(home)]) == 2
    one_message(capsys)
    with contextlib.suppress(FileNotFoundError):
        assert left_over(home) == []


def test_the_home_on_another_file_system_than_temporary_files(data, disk, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(disk("size=100k")))
    home = disk("size=8m") / "ré leases"
    assert main([*BUILD, "--data", str(data), "-o", str(home), "-q"]) == 0
    assert check(home, {open_release(home).name})
    assert home.stat().st_dev != Path(os.environ["TMPDIR"]).stat().st_dev
