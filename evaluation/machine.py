"""On which machine, with which versions and from which commit a figure was taken."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_LIBRARIES = ("onnxruntime", "tokenizers", "numpy", "scikit-learn", "torch", "transformers")
_INT8_FLAGS = ("avx512_vnni", "avx_vnni", "amx_int8", "asimddp")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine and the software on it.

    Attributes:
        cpu: Model name of the processor.
        cores: Cores this process may use.
        int8: Processor features that speed up int8 arithmetic.
        memory_gib: Main memory.
        system: Operating system.
        python: Version of Python.
        libraries: Name -> version of those that are installed.
        load: Load average over the last minute when the run began; ``None`` where the system
            keeps none. A load near the number of cores means the figures are not to be trusted.
    """

    cpu: str
    cores: int
    int8: tuple[str, ...]
    memory_gib: float
    system: str
    python: str
    libraries: dict[str, str]
    load: float | None

    def line(self) -> str:
        """The machine in one line."""
        int8 = f", {' '.join(self.int8)}" if self.int8 else ""
        libraries = ", ".join(f"{name} {version}" for name, version in self.libraries.items())
        return (
            f"{self.cpu}, {self.cores} cores{int8}, {self.memory_gib:.0f} GiB; {self.system}; "
            f"Python {self.python}; {libraries}"
        )


def this_machine() -> Machine:
    """Describes the machine this runs on."""
    info = _cpu_info()
    flags = info.get("flags", info.get("Features", "")).split()
    return Machine(
        cpu=info.get("model name") or platform.processor() or platform.machine(),
        cores=_cores(),
        int8=tuple(flag for flag in _INT8_FLAGS if flag in flags),
        memory_gib=round(_memory_bytes() / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        libraries=_versions(),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    )


def git_commit() -> str | None:
    """The commit of the checkout this code runs from, ``+`` behind it when files differ.

    ``None`` for an installed package or where git is missing.
    """
    git = shutil.which("git")
    if git is None:
        return None
    here = Path(__file__).resolve().parent

    def ask(*arguments: str) -> str | None:
        done = subprocess.run(  # noqa: S603 - a fixed command on this checkout
            [git, *arguments], cwd=here, capture_output=True, text=True, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else None

    # An environment inside another project's checkout must not report that project's commit.
    if ask("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    commit = ask("rev-parse", "--short=12", "HEAD")
    changed = ask("status", "--porcelain", "--untracked-files=no")
    return f"{commit}+" if changed else commit


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _cpu_info() -> dict[str, str]:
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return {}
    fields: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    return fields


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
