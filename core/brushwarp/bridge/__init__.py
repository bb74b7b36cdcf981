"""What a host's plugin needs to talk to a Brushwarp worker: the standard library only, on the syntax of Python 3.8.

This package is copied beside each plugin, so it imports itself relatively and nothing else of ours. Start with `client`.
"""
