"""The commands of the command line, one file a group. Each module adds its parsers in `register`."""
