"""Measurements, run by hand and by `make bench`, never by the tests.

`python -m tests.bench` runs wrk in interleaved rounds over the upstream alone (nginx), the stock
mitmdump, the leanest mitmproxy and the gate with one worker, then 1 GiB up and down through the
gate, and prints Markdown tables. `--write` puts the ratios between the markers of README.md.
Absolute figures don't carry over from one machine to another, so only ratios are written.
"""
