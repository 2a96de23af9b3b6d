"""The ports of `gate.core.ports` made real.

`memory` is the shipped fake that tests use; `sql` keeps things in SQLite or PostgreSQL; `clock`
reads the time. `tests/contracts/test_store.py` holds both stores to the same promises.
"""
