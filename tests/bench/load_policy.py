"""How long a huge policy takes from text to Policy: `python -m tests.bench.load_policy`."""

from __future__ import annotations

import statistics
import sys
from time import perf_counter, process_time

from gate.config.policy_yaml import Loaded, load_policy
from gate.core.ports import PolicyText

RULES = 1_000
ACCOUNTS = 10_000
LINES = 100_000  # CIDRs: half in named networks, half in account entries
NETWORKS = 50
ROUNDS = 5


def address(number: int) -> str:
    """Give the number-th /28 of 10.0.0.0/8 and what follows."""
    value = (10 << 24) + number * 16
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0)) + "/28"


def huge_policy() -> PolicyText:
    """Give a policy of the size that must load in two seconds."""
    named, each = LINES // 2, LINES // 2 // ACCOUNTS
    lines = ["networks:"]
    for network in range(NETWORKS):
        lines.append(f"  net{network}:")
        count = named // NETWORKS
        lines.extend(f"    - {address(network * count + line)}" for line in range(count))
    members = ", ".join(f"user{number}" for number in range(ACCOUNTS))
    lines.append(f"groups:\n  staff: [{members}]\naccounts:")
    for number in range(ACCOUNTS):
        own = ", ".join(address(named + number * each + line) for line in range(each))
        lines.append(f"  user{number}: {{networks: [{own}]}}")
    lines.append(
        "sites:\n  big:\n    hosts: [big.example.com]\n    upstream: http://127.0.0.1:8000"
    )
    lines.append("    rules:")
    for rule in range(RULES):
        lines.append(f"      - name: rule {rule}")
        lines.append(
            f"        when: {{path: /area{rule}/**, group: staff, network: net{rule % NETWORKS}}}"
        )
        lines.append("        then: {require: second_factor}")
    return PolicyText(files=(("big.yaml", "\n".join(lines) + "\n"),))


def loads() -> tuple[list[float], list[float]]:
    """Give the seconds of CPU and of time that each load took."""
    text = huge_policy()
    times, cpu = [], []
    for _ in range(ROUNDS):
        loaded = None  # letting go of the former one is not loading
        start, began = perf_counter(), process_time()
        loaded = load_policy(text)
        times.append(perf_counter() - start)
        cpu.append(process_time() - began)
        if not isinstance(loaded, Loaded):
            raise TypeError(str(loaded.items[:5]))
    return cpu, times


def times() -> tuple[float, float]:
    """Give the median seconds of CPU and of time."""
    cpu, taken = loads()
    return statistics.median(cpu), statistics.median(taken)


def main() -> int:
    """Load it several times and print the times."""
    cpu, taken = loads()
    print(f"{RULES} rules, {ACCOUNTS} accounts, {LINES} CIDRs")
    print(f"CPU: median {statistics.median(cpu):.2f} s, best {min(cpu):.2f} s")
    print(
        f"load: median {statistics.median(taken):.2f} s, worst {max(taken):.2f} s (to reach: 2 s)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
