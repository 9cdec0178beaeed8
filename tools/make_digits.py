"""Make src/backprop/data/digits.npz from the copy that scikit-learn ships; run by hand, once.

    uv run --isolated --group digits python tools/make_digits.py

Prints the SHA-256 of the numbers themselves (not of the file, whose compression may differ),
which tests/test_datasets.py holds.
"""

import hashlib
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parent.parent / "src" / "backprop" / "data" / "digits.npz"

digits = load_digits()
pixels = digits.data.astype(np.uint8)
labels = digits.target.astype(np.uint8)
held_out = np.zeros(len(labels), dtype=bool)
held_out[np.random.default_rng(2026).permutation(len(labels))[:500]] = True

np.savez_compressed(TARGET, pixels=pixels, labels=labels, held_out=held_out)
for name, array in (("pixels", pixels), ("labels", labels), ("held_out", held_out)):
    print(f"{name:9} {array.shape!s:11} {hashlib.sha256(array.tobytes()).hexdigest()}")
