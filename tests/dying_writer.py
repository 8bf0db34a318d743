"""Write a release and let one step of it fail: step 1, then step 2, and so on, until none is left.

Started as a program by `test_faults.py`:

    python dying_writer.py TEMPLATE FOLDER WAY SCENARIO

For every k a copy of TEMPLATE becomes FOLDER/k, and a child process writes there and meets its
fault at its k-th step. A step is a call that opens, flushes, locks, makes, renames or removes.
WAY is `kill` (the process is killed), `cut` (as when the power fails: killed, half of every file
that was not flushed is lost, and so is the first renaming in a folder that was not flushed, though
later ones may last) or `refuse` (the call says that the disk is full).
Written is one line a step, how the child ended, and before it the error that it met, if any.
"""

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from kg.errors import KgError
from kg.store.release_writing import write_release
from kg.store.rollback import roll_back

STEPS = {
    "open",
    "os.rename",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.truncate",
    "os.scandir",
    "os.listdir",
    "fcntl.flock",
}
FACTS = {"version": "1", "inputs": {}, "counts": {"nodes": 1}}


def content(name):
    return {f"{part}.txt": f"{name} {part}\n" * 2000 for part in ("first", "second", "third")}


class Fault:
    """Counts the steps of this process and fails at one of them."""

    def __init__(self, home, way, at):
        self.home = home
        self.way = way
        self.left = at
        self.looking = False
        self.renamed = []
        self.flushed = {path.stat().st_ino for path in home.rglob("*")}

    def arm(self):
        os.fsync = self.flush
        sys.addaudithook(self.audit)

    def audit(self, event, arguments):
        if event not in STEPS or self.left <= 0 or self.looking:
            return
        if event == "open" and not str(arguments[0]).startswith(str(self.home)):
            return
        self.step()
        self.looking = True
        self.note(event, arguments)
        self.looking = False

    def note(self, event, arguments):
        # What is opened for writing, or takes the place of another file, is not flushed yet.
        written = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event == "os.remove" or written:
            self.forget(arguments[0], arguments[1] if event == "os.remove" else -1)
        elif event == "os.rename":
            self.forget(arguments[1], -1)
            target = Path(arguments[1])
            before = target.read_bytes() if target.is_file() else None
            self.renamed.append((Path(arguments[0]), target, before))

    def forget(self, path, folder):
        try:
            state = os.stat(path, dir_fd=None if folder == -1 else folder)
        except OSError:
            return
        self.flushed.discard(state.st_ino)

    def flush(self, descriptor):
        # What would survive a power cut is kept in a list: no need to trouble the real disk.
        self.step()
        state = os.fstat(descriptor)
        self.flushed.add(state.st_ino)
        self.renamed = [r for r in self.renamed if r[1].parent.stat().st_ino != state.st_ino]

    def step(self):
        self.left -= 1
        if self.left:
            return
        if self.way == "refuse":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.way == "cut":
            self.undo_renaming()
            for path in self.home.rglob("*"):
                if path.is_file() and path.stat().st_ino not in self.flushed:
                    os.truncate(path, path.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)

    def undo_renaming(self):
        for source, target, before in self.renamed[:1]:
            if target.exists() and not source.exists():
                target.rename(source)
                if before is not None:
                    target.write_bytes(before)
                    self.flushed.add(target.stat().st_ino)


def child(home, scenario):
    try:
        if scenario == "rollback":
            roll_back(home)
        else:
            write_release(home, "new", content("new"), FACTS, keep=1)
    except KgError as error:
        said = {"code": error.code, "message": error.message, "hint": error.hint}
        os.write(sys.stdout.fileno(), (json.dumps(said) + "\n").encode())
        return 2
    return 0


def main(template, folder, way, scenario):
    at = 0
    while True:
        at += 1
        home = Path(folder) / str(at)
        shutil.copytree(template, home)
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            fault = Fault(home, way, at)
            fault.arm()
            code = 3
            try:
                code = child(home, scenario)
                if fault.left > 0:
                    code = 100
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code == 100:
            shutil.rmtree(home)
            return
        sys.stdout.write(f"{code}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
