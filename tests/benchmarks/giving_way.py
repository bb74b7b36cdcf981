"""What a detached training pays, step by step, for giving way to the worker and for telling how it stands.

    .venv/bin/python tests/benchmarks/giving_way.py

Prints microseconds a step, and their share of a step of a second (the quickest on one core). Last time: see LAST.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from brushwarp.bridge.paths import runtime
from brushwarp.bridge.training import TrainingStatus, write_status
from brushwarp.detached.account import Account
from brushwarp.detached.turns import give_way

STEPS = 20_000
LAST = 87.0  # microseconds a step on one core of an AMD EPYC


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bw-") as folder:
        os.environ["BRUSHWARP_HOME"] = os.environ["XDG_RUNTIME_DIR"] = folder
        write_status(folder, TrainingStatus("night", "Night", "running", total=STEPS))
        account = Account(folder)
        Path(runtime().busy_lock).touch()
        begun = time.perf_counter()
        for step in range(STEPS):
            account.tell(iteration=step, stage="style", seconds_left=1.0, message="")
            give_way(account)
        spent = (time.perf_counter() - begun) / STEPS * 1e6
    print(f"{spent:.0f} µs a step, {spent / 1e6:.4%} of a step of a second; last time {LAST:.0f} µs")


if __name__ == "__main__":
    main()
