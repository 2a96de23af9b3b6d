"""The tests: a mirror of the sources, contracts that each port's maker runs, and real journeys."""
