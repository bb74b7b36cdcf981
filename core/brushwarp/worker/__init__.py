"""The worker: one process a user that paints for every host, so that one model is in memory and the next job finds it warm."""
