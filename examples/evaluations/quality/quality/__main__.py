"""`python -m quality`: asks LEADSMAN_CANDIDATE_URL, writes inspect-ai's log to the folder LEADSMAN_RESULTS.

Exit code 0 once every question was asked, whatever came of it: judging is not the business of an evaluation.
"""

# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (inspect-ai is in this example's image, not in the project's development environment)

import os
import sys

from inspect_ai import eval as evaluate
from inspect_ai.model import get_model

from quality import candidate  # noqa: F401 # pyright: ignore[reportUnusedImport] - known to inspect-ai once imported
from quality.task import support_quality


def main() -> int:
    model = get_model("candidate/support-llm", base_url=os.environ.get("LEADSMAN_CANDIDATE_URL"), memoize=False)
    # Shown as plain text, and without what inspect-ai offers beside an evaluation: servers, a live view of samples.
    [log] = evaluate(
        support_quality(),
        model=model,
        display="log",
        log_dir=os.environ.get("LEADSMAN_RESULTS", "."),
        log_realtime=False,
        log_model_api=False,
        acp_server=False,
        ctl_server=False,
    )
    print(f"{log.location}: {log.status}, {len(log.samples or ())} samples")
    return 0 if log.status == "success" else 1


if __name__ == "__main__":
    sys.exit(main())
