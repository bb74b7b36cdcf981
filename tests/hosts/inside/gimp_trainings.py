"""The trainings of the user under test, as the installed plug-in's own bridge tells them: `import gimp_trainings as trainings`."""

import os
import sys
import time

import screen

sys.path.insert(0, os.path.join(os.environ["XDG_CONFIG_HOME"], "GIMP", "3.0", "plug-ins", "brushwarp"))
from bridge.trainings import TrainingRequest, cancel_training, list_trainings, start_training  # noqa: E402, F401 - for whoever imports this


def find(id):
    """Its status, or None."""
    return next((status for status in list_trainings() if status.id == id), None)


def wait_for(id, true, seconds=240):
    """Until the status of a training, or None where there is none, is as it should be; the status."""
    end = time.monotonic() + seconds
    while True:
        status = find(id)
        if true(status):
            return status
        if time.monotonic() > end or (status is not None and status.state == "failed"):
            windows = sorted(screen.windows().values())
            raise TimeoutError("the training is not as it should be: %r among %r, windows %r" % (status, list_trainings(), windows))
        time.sleep(0.1)


def wait_for_state(id, state, seconds=240):
    return wait_for(id, lambda status: status is not None and status.state == state, seconds)


def wait_for_steps(id, steps, seconds=240):
    return wait_for(id, lambda status: status is not None and status.iteration >= steps, seconds)
