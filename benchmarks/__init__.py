"""One runnable script for each published figure: python -m benchmarks.NAME"""

import asr_desktop  # noqa: F401 (first of all: it keeps the libraries imported below from reporting their use)
