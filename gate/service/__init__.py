"""Use cases, one a file; they see the world only through the ports of `gate.core.ports`."""
