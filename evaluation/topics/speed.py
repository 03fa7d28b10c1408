"""How long topics of many questions take, embeddings given, in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

SIZES: Final = (10_000, 100_000)

_PROGRAM: Final = """
import json, resource, sys, time
import numpy as np
from sedno.models.topics.engine import fit
from sedno.models.topics.records import Asked, Unit

count, dim = int(sys.argv[1]), 384
rng = np.random.default_rng(0)
intents = 400
stems = ["".join(rng.choice(list("abcdefghiklmnoprstuwyz"), 6)) for _ in range(4000)]
centres = rng.normal(size=(intents, dim)).astype(np.float32)
own = [rng.choice(len(stems), 12) for _ in range(intents)]
which = rng.zipf(1.3, size=count) % intents
asked = []
for at, intent in enumerate(which.tolist()):
    vector = centres[intent] + 1.2 * rng.normal(size=dim).astype(np.float32)
    vector /= np.linalg.norm(vector)
    said = [stems[w] for w in (*rng.choice(own[intent], 4), *rng.integers(0, len(stems), 3))]
    asked.append(Asked(str(at), (Unit(" ".join(said) + "?", vector),)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began, used = time.perf_counter(), time.process_time()
found = fit(asked)
print(json.dumps({
    "questions": count,
    "seconds": round(time.perf_counter() - began, 1),
    "cpu_seconds": round(time.process_time() - used, 1),
    "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    "input_mb": round(before / 1024),
    "topics": len(found.topics),
}))
"""


def measure(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Times made-up questions of 400 intents, of which few are frequent (Zipf)."""
    out = []
    for size in sizes:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", _PROGRAM, str(size)], capture_output=True, check=True, text=True
        )
        out.append(json.loads(done.stdout))
    return out
