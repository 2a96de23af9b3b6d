"""Revisions of what no decision depends on."""
