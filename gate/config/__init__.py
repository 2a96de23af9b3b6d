"""Configuration: settings, the policy files and the keys, each turned into types once."""
