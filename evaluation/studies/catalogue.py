"""Every study by name."""

from __future__ import annotations

from typing import Final

from sedno.evaluation.robustness import study as robustness
from sedno.evaluation.studies import (
    active_learning,
    embedding,
    faithfulness,
    quantisation,
    unfamiliar,
)
from sedno.evaluation.studies.setting import Study

STUDIES: Final[dict[str, Study]] = {
    robustness.NAME: robustness.run,
    embedding.NAME: embedding.run,
    faithfulness.NAME: faithfulness.run,
    quantisation.NAME: quantisation.run,
    unfamiliar.NAME: unfamiliar.run,
    active_learning.NAME: active_learning.run,
}
