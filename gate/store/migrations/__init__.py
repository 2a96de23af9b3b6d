"""Alembic revisions of the two databases, `main` and `live`.

Both count their revisions alike, so that a release has one number: whoever adds `main/0002` adds
`live/0002`, empty or not. Each goes forward in one transaction and one step back.
"""
