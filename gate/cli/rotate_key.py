"""`gate rotate-key`: another master key, also under a gate that serves (G26).

The new key stands in the key file before anything is sealed under it, and the old one stays there
until nothing needs it. So the command can be killed at any moment; run again, it goes on.
"""

from __future__ import annotations

import time
from typing import Any, Final

import click

from gate.cli.compose import World, open_world
from gate.cli.options import settings_from, settings_options
from gate.cli.output import result, say
from gate.config.kept_keys import to_keep
from gate.config.key_file import master_key_held, replace_master_key
from gate.config.secret import Keyring, Purpose
from gate.store.serving import alone

SETTLE: Final = 5.0  # seconds in which every process takes the new key over; it looks every second


@click.command("rotate-key")
@settings_options
def rotate_key(**options: Any) -> None:
    """Seal everything under a new master key; the gate may serve meanwhile."""
    settings = settings_from(options)
    with master_key_held(settings.key_file), open_world(settings) as world:
        resumed = len(world.keyring.by_id) > 1
        keyring = world.keyring if resumed else world.keyring.with_new_key()
        with alone(settings.state.reveal()) as nobody_serves:
            count = _rotated(world, keyring, settle=0 if nobody_serves else SETTLE)
        world.events.note_from_terminal("master_key_rotated", "", {"sealed": count})
    value = {"key": keyring.current_id, "sealed": count, "resumed": resumed}
    went_on = "the rotation that was cut short went on; " if resumed else ""
    lines = [f"{went_on}{count} values are sealed under the new master key {keyring.current_id}"]
    result(value, lines, as_json=options["as_json"])
    say("back the new key file up; a gate that runs signs with its old key until it is restarted")


def _rotated(world: World, keyring: Keyring, *, settle: float) -> int:
    """Do what is left to do; say how many values were sealed anew."""
    path, rotation = world.settings.key_file, world.rotation
    replace_master_key(path, keyring)
    world.master_keys.note(keyring.current_id)
    world.store.sessions.sweep(world.clock.now())  # what has expired needs no seal
    old = [key_id for key_id in keyring.by_id if key_id != keyring.current_id]
    rotation.hand_over(keyring.derive(Purpose.SEALING), old[0])
    time.sleep(settle)
    for key_id in old:  # from here on nothing more is kept under an old key
        world.master_keys.retire(key_id, to_keep(keyring, key_id))
    count = rotation.seal_anew()
    rotation.finish()
    replace_master_key(path, keyring.without_old_keys())
    return count
