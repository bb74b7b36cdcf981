"""Runs one function of a test inside a host, and leaves its value (or its traceback) in a result file.

Used by every runner: GIMP's batch interpreter, Krita's test plugin, kritarunner, and the driver beside a window.
Python 3.8, standard library only. The job is a JSON file named by BRUSHWARP_TEST_JOB (or given as argument).
"""

import inspect
import json
import os
import sys
import time
import traceback


def read_job(path=None):
    with open(path or os.environ["BRUSHWARP_TEST_JOB"], encoding="utf-8") as file:
        job = json.load(file)
    folder = os.path.dirname(os.path.abspath(__file__))
    for extra in [folder] + job["paths"]:
        if extra not in sys.path:
            sys.path.insert(0, extra)
    return job


def begin(job):
    """Call the job's function: its value, or a generator that yields how many milliseconds the host may go on by itself."""
    namespace = {"__name__": "brushwarp_test_job", "__file__": job["file"]}
    exec(compile(job["source"], job["file"], "exec"), namespace)
    return namespace[job["function"]](**job["arguments"])


def finish(job, value=None, error=None):
    """Write the result under a temporary name first, so that a result file that is there is a whole one."""
    part = job["result"] + ".part"
    with open(part, "w", encoding="utf-8") as file:
        json.dump({"ok": error is None, "value": value, "error": error}, file)
    os.replace(part, job["result"])


def run_to_end(job):
    """For hosts that have no event loop of ours: True if the job went well."""
    try:
        value = begin(job)
        if inspect.isgenerator(value):
            value = _exhaust(value)
        finish(job, value)
        return True
    except BaseException:
        finish(job, error=traceback.format_exc())
        return False


def _exhaust(generator):
    try:
        while True:
            time.sleep(next(generator) / 1000.0)
    except StopIteration as stop:
        return stop.value


if __name__ == "__main__":
    sys.exit(0 if run_to_end(read_job(sys.argv[1] if len(sys.argv) > 1 else None)) else 1)
