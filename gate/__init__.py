"""Gate: an access gate in front of a web site that can't be changed."""

__version__ = "0.1.0"
