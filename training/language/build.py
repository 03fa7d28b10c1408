"""Makes the language model that the package ships.

Run it from anywhere: ``python training/language/build.py --data FOLDER_OF_CORPORA``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from sedno.datasets.corpora.corpus import LicenceClass
from sedno.datasets.language.model import FILE_NAME
from sedno.training.language.fit import fit
from sedno.training.language.texts import Sampler, texts_by_language

_SEED = 5

# Polish first, then English: what a comment of a Polish brand is likely to be in.
_WEIGHTS = {"pl": 6.0, "en": 3.0, "uk": 0.7, "id": 0.6, "hi": 0.5}


def main() -> None:
    """Read the corpora, fit, and write the model file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, help="folder of corpora (default: $SEDNO_DATA)")
    parser.add_argument(
        "--licences",
        default="open,unstated",
        help="licence classes to learn from, by commas (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).parents[2] / "datasets" / "language" / FILE_NAME,
        help="file to write (default: the one that the package ships)",
    )
    options = parser.parse_args()
    licences: list[LicenceClass] = [
        known for known in ("open", "unstated") if known in options.licences.split(",")
    ]
    torch.set_num_threads(1)  # sums in one order: the same model on every run
    texts = texts_by_language(options.data, licences=licences)
    for code, found in texts.items():
        print(f"{code}: {len(found)} texts")
    model = fit(Sampler(texts, _WEIGHTS, seed=_SEED), seed=_SEED)
    np.savez_compressed(
        options.output,
        labels=np.array(model.labels),
        weights=model.weights,
        scale=np.float64(model.scale),
        bias=model.bias,
    )
    print(f"{options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
