"""Revisions of what decisions depend on."""
