"""For every test, and for the notebooks that nbval runs: no progress bars in stored outputs."""

import os

os.environ["TQDM_DISABLE"] = "1"  # a bar would hold the time that it took
