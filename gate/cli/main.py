"""The command `gate`: a table of its commands, each loaded when it is used."""

from __future__ import annotations

from typing import Final

from gate.cli.groups import Entry, Program

COMMANDS: Final = {
    "demo": Entry(place="gate.cli.demo:demo", help="Show the gate in front of a small old site."),
    "init": Entry(place="gate.cli.init:init", help="Write settings and a policy to start from."),
    "serve": Entry(place="gate.cli.serve:serve", help="Run the gate in front of its sites."),
    "check": Entry(place="gate.cli.check:check", help="Check a policy without a store."),
    "test": Entry(place="gate.cli.test:test", help="Run the tests that stand in a policy."),
    "explain": Entry(place="gate.cli.explain:explain", help="Say why a request is let in or not."),
    "policy": Entry(place="gate.cli.policy:policy", help="Show, publish and take back policies."),
    "account": Entry(place="gate.cli.account:account", help="Look after accounts."),
    "session": Entry(place="gate.cli.session:session", help="See who is signed in, and end it."),
    "audit": Entry(place="gate.cli.audit:audit", help="Read what was decided and what happened."),
    "migrate": Entry(place="gate.cli.migrate:migrate", help="Bring the store to this version."),
    "backup": Entry(place="gate.cli.backup:backup", help="Copy the store while it is in use."),
    "restore": Entry(place="gate.cli.restore:restore", help="Put a backup in the store's place."),
    "rotate-key": Entry(
        place="gate.cli.rotate_key:rotate_key", help="Seal everything under a new master key."
    ),
    "doctor": Entry(place="gate.cli.doctor:doctor", help="Look for what is wrong with it all."),
    "schema": Entry(place="gate.cli.schema:schema", help="Print the policy's JSON Schema."),
    "completion": Entry(place="gate.cli.completion:completion", help="Print a shell's completion."),
    "version": Entry(place="gate.cli.version:version", help="Print the version."),
}

main = Program(
    name="gate",
    entries=COMMANDS,
    help="An access gate in front of web sites: accounts, second factors, address allowlists.",
)

if __name__ == "__main__":
    main(prog_name="gate")
