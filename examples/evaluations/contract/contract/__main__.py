"""`python -m contract`: pytest on LEADSMAN_CANDIDATE_URL, its JUnit XML to the folder LEADSMAN_RESULTS.

The exit code is pytest's: 1 where a test failed. The results are complete all the same.
"""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main() -> int:
    report = Path(os.environ.get("LEADSMAN_RESULTS", ".")) / "junit.xml"
    return pytest.main(
        ["-q", f"--rootdir={HERE}", f"--config-file={HERE / 'pytest.ini'}", f"--junitxml={report}", str(HERE)]
    )


if __name__ == "__main__":
    sys.exit(main())
