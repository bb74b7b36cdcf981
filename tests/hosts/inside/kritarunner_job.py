"""The module that kritarunner runs: one test function, without a window. kritarunner always ends with 0, so leave by _exit."""

import os
import sys


def main(arguments):
    sys.path.insert(0, os.environ["BRUSHWARP_TEST_INSIDE"])
    import host_job

    os._exit(0 if host_job.run_to_end(host_job.read_job()) else 1)
