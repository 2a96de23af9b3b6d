"""The command line: one command a file; `compose` is the only place that names concrete parts."""
