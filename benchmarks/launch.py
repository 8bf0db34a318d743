"""Start one command and write down what it cost: run as a file, never imported.

A new process counts the memory of whoever started it as its own until it has loaded its
program. This launcher is as small as Python gets (no site, no imports but these), so that
the peak it reports is the command's.
"""

import json
import os
import signal
import sys
import time


def main() -> None:
    """Run ARGV[5:] in folder ARGV[3]; results to ARGV[1], at most ARGV[2] seconds."""
    report, limit, folder, output = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
    command = sys.argv[5:]
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(folder)
        out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        err = os.open(output + ".err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(out, 1)
        os.dup2(err, 2)
        try:
            os.execvp(command[0], command)  # noqa: S606 - no shell is what we want
        except OSError:
            os._exit(127)
    late = []

    def stop(*_: object) -> None:
        late.append(1)
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:  # noqa: SIM105 - contextlib would be one more import
        # What the command left running is ended with it.
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    with open(report, "w", encoding="utf-8") as stream:  # noqa: PTH123 - pathlib is heavy
        json.dump(
            {
                "exit": os.waitstatus_to_exitcode(status),
                "wall": wall,
                "cpu": used.ru_utime + used.ru_stime,
                "peak": used.ru_maxrss * 1024,
                "late": bool(late),
            },
            stream,
        )


if __name__ == "__main__":
    main()
