from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sedno.models.artifact import ArtifactError
from sedno.models.session import EncoderSession

IDS = np.array([[0, 5, 6, 2]])


def test_it_gives_the_wanted_outputs_only(artifact_folder: Path) -> None:
    """In the order asked for, one row a text."""
    session = EncoderSession(artifact_folder / "encoder.onnx", outputs=["question"], threads=1)

    toxicity, sentiment = session.run(IDS, np.ones_like(IDS), ["toxicity", "sentiment"])

    assert (toxicity.shape, sentiment.shape) == ((1, 2), (1, 4))


def test_a_graph_of_other_tasks_is_refused(artifact_folder: Path) -> None:
    """The error names what is there and what is needed."""
    with pytest.raises(ArtifactError, match=r"outputs \[.*'toxicity'\]; needed .*'irony'"):
        EncoderSession(artifact_folder / "encoder.onnx", outputs=["irony"], threads=1)


@pytest.mark.parametrize("content", [b"", b"not a graph"])
def test_a_damaged_graph_is_named(tmp_path: Path, content: bytes) -> None:
    """ONNX Runtime's error comes with the path."""
    path = tmp_path / "encoder.onnx"
    path.write_bytes(content)

    with pytest.raises(ArtifactError, match=r"encoder\.onnx: ONNX Runtime .* cannot load it"):
        EncoderSession(path, outputs=[], threads=1)
