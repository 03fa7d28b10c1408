"""Runs a command and prints its times and peak memory as JSON; a program of its own.

A child's peak memory, as the kernel counts it, includes that of the process it was forked
from. So a command is started from this small program and not from the bench itself, which may
hold torch. Only the standard library's light modules are imported here.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(command: list[str]) -> int:
    """Runs ``command``, swallowing its output.

    Prints ``{"first": seconds to the first output, "total": seconds, "peak": bytes, "code":
    exit code, "lines": lines of output}``; ``first`` is null where there was no output.
    """
    reader, writer = os.pipe()
    started = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, writer, 1),
            (os.POSIX_SPAWN_CLOSE, reader),
        ],
    )
    os.close(writer)
    first = None
    lines = 0
    with os.fdopen(reader, "rb") as output:
        while block := output.read1(65536):
            if first is None:
                first = time.perf_counter() - started
            lines += block.count(b"\n")
    _, status, usage = os.wait4(child, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    print(
        json.dumps(
            {
                "first": first,
                "total": time.perf_counter() - started,
                "peak": usage.ru_maxrss * unit,
                "code": os.waitstatus_to_exitcode(status),
                "lines": lines,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
