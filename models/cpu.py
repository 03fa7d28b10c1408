"""What the processor offers: how many this process may use, and which arithmetic."""

from __future__ import annotations

import math
import os
import platform
from pathlib import Path

MAX_DEFAULT_THREADS = 8
"""More threads than this no longer speed up batches of the default size."""

_CPU_INFO = Path("/proc/cpuinfo")
_QUOTA_FILE = Path("/sys/fs/cgroup/cpu.max")


def usable_cpus(quota_file: Path = _QUOTA_FILE) -> int:
    """Processors left after CPU affinity and a container's CPU quota, at least 1.

    Args:
        quota_file: The control group's ``cpu.max`` (cgroup v2): quota and period in
            microseconds; ignored where absent or unlimited.
    """
    # macOS and Windows know no affinity.
    known = hasattr(os, "sched_getaffinity")
    cpus = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    try:
        quota, period = quota_file.read_text(encoding="ascii").split()[:2]
        if quota != "max":
            cpus = min(cpus, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        pass
    return max(1, cpus)


def has_vnni(info: Path = _CPU_INFO) -> bool:
    """Whether products of 8-bit integers are summed without saturating (x86's VNNI).

    Other architectures have no instruction that saturates, and count as having it.

    Args:
        info: Linux' description of the processors; without it the answer is ``False``, the
            careful one.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    try:
        flags = info.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_vnni", "avx_vnni"))


def default_threads() -> int:
    """Threads a classifier takes where none are asked for."""
    return min(MAX_DEFAULT_THREADS, usable_cpus())
