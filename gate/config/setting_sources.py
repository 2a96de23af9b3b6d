"""Where settings come from: a file, the environment and flags, joined before they are checked.

Each value keeps the place that it came from, so that a problem names file, line and column, the
variable or the flag. A variable is `GATE_` and the key in capitals, with `_` for each level:
`GATE_SESSION_IDLE=30m`. A secret may stand in a file of its own: `GATE_STATE_FILE=/run/state`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gate.config.settings import SQLITE, Settings
from gate.config.shapes import shown
from gate.config.tls_files import CertificateFiles
from gate.config.yaml_nodes import read_yaml
from gate.core.conditions.kind import did_you_mean
from gate.core.located import Entries, Items, Location, Node, Null, Text

PREFIX: Final = "GATE_"
FROM_FILE: Final = "_FILE"
SECRETS: Final = (("state",),)
PATHS: Final = (("policies",), ("master_key",))  # those of a file are beside that file
PAIR: Final = frozenset({"cert", "key"})  # of `tls`, likewise
LARGEST_SECRET: Final = 4096  # bytes
OWN_VARIABLES: Final = frozenset({"GATE_CONFIG"})

# Kubernetes sets these for a service that is called `gate`.
_FOREIGN: Final = re.compile(r"GATE_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_\w+)?|GATE_PORT")

type Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsProblems:
    """Everything that is wrong with the settings, one line each; never empty."""

    lines: tuple[str, ...]


@dataclass(slots=True)
class _Joined:
    """The values so far, by key, and where each came from."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[Path_, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def put(self, path: Path_, value: object, place: str) -> None:
        into = self.values
        for key in path[:-1]:
            inner = into.setdefault(key, {})
            if not isinstance(inner, dict):
                return  # the model complains about what stands there
            into = inner
        into[path[-1]] = value
        self.places[path] = place

    def place(self, path: Path_) -> str:
        """Give where a key, the first key below it or the nearest above comes from."""
        if not path:
            return "settings"
        places = (place for known, place in self.places.items() if known[: len(path)] == path)
        return next(places, None) or self.place(path[:-1])


def load_settings(
    config: Path | None, env: Mapping[str, str], flags: Mapping[str, object]
) -> Settings | SettingsProblems:
    """Give the settings of a file, the environment and flags; flags are keyed as `session.idle`."""
    joined = _Joined()
    if config is not None:
        _from_file(config, joined)
    _from_environment(env, joined)
    for name, value in flags.items():
        if value is not None and value != ():
            joined.put(tuple(name.split(".")), value, f"--{name.replace('_', '-')}")
    return _checked(joined)


def _checked(joined: _Joined) -> Settings | SettingsProblems:
    try:
        settings = Settings.from_written(joined.values)
    except ValidationError as error:
        joined.problems.extend(_line(each, joined) for each in error.errors())
        return SettingsProblems(lines=tuple(joined.problems))
    if joined.problems:
        return SettingsProblems(lines=tuple(joined.problems))
    return settings


# --- file ----------------------------------------------------------------------------------


def _from_file(config: Path, joined: _Joined) -> None:
    try:
        text = config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or "it is no UTF-8 text"
        joined.problems.append(f"{config}: can't be read: {what}; check --config")
        return
    read = read_yaml(text, str(config))
    joined.problems.extend(str(problem) for problem in read.problems)
    if isinstance(read.node, Entries):
        _take(read.node, (), joined)
        _anchor(joined.values, config.parent)
    elif read.node is not None:
        joined.problems.append(f"{read.node.at}: settings are `key: value` entries; write some")


def _take(node: Entries, above: Path_, joined: _Joined) -> None:
    for key, value in node.pairs:
        path = (*above, key.value)
        joined.places[path] = str(value.at)
        if isinstance(value, Entries):
            joined.put(path, {}, str(key.at))
            _take(value, path, joined)
        elif isinstance(value, Null):
            joined.problems.append(
                f"{key.at}: `{key.value}` has no value; write one or delete the key"
            )
        else:
            joined.put(path, _plain(value), str(_at(key.at, value, path)))


def _at(key: Location, value: Node, path: Path_) -> Location:
    """Give the place of the value where the key is known, else that of the key."""
    return value.at if path in _known() else key


def _plain(node: Node) -> object:
    match node:
        case Text(value=value):
            return value
        case Items(values=values):
            return [_plain(each) for each in values]
        case Entries(pairs=pairs):
            return {key.value: _plain(value) for key, value in pairs}
        case _:
            return None


def _anchor(values: dict[str, Any], folder: Path) -> None:
    """Make paths of a settings file relative to the folder of that file."""
    for (key,) in PATHS:
        if isinstance(values.get(key), str):
            values[key] = str(folder / values[key])
    pairs = values.get("tls")
    for pair in pairs if isinstance(pairs, list) else ():
        for key, file in pair.items() if isinstance(pair, dict) else ():
            if key in PAIR and isinstance(file, str):
                pair[key] = str(folder / file)
    state = values.get("state")
    if isinstance(state, str) and state.startswith(SQLITE):
        values["state"] = SQLITE + str(folder / state.removeprefix(SQLITE))


# --- environment ---------------------------------------------------------------------------


def _from_environment(env: Mapping[str, str], joined: _Joined) -> None:
    variables = variable_names()
    for name, value in sorted(env.items()):
        if not name.startswith(PREFIX) or name in OWN_VARIABLES or _FOREIGN.fullmatch(name):
            continue
        path = variables.get(name)
        if path is not None:
            joined.put(path, value, name)
            continue
        secret = variables.get(name.removesuffix(FROM_FILE))
        if name.endswith(FROM_FILE) and secret in SECRETS:
            _secret_file(name, value, secret, joined)
        else:
            joined.problems.append(f"{name}: unknown variable{did_you_mean(name, variables)}")


def _secret_file(name: str, file: str, path: Path_, joined: _Joined) -> None:
    try:
        with Path(file).open(encoding="utf-8") as opened:
            text = opened.read(LARGEST_SECRET).strip()
    except (OSError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or "it is no UTF-8 text"
        joined.problems.append(f"{name}: {shown(file)} can't be read: {what}; check the path")
        return
    if not text:
        joined.problems.append(f"{name}: {shown(file)} is empty; put the secret into it")
    joined.put(path, text, name)


def variable_names() -> dict[str, Path_]:
    """Give the variable of each setting."""
    return {PREFIX + "_".join(path).upper(): path for path in _known()}


def _known() -> tuple[Path_, ...]:
    return tuple(_leaves(Settings, ()))


def _leaves(model: type[BaseModel], above: Path_) -> Iterator[Path_]:
    for name, each in model.model_fields.items():
        inner = each.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _leaves(inner, (*above, name))
        else:
            yield (*above, name)


# --- problems ------------------------------------------------------------------------------


def _line(error: ErrorDetails, joined: _Joined) -> str:
    path = tuple(str(part) for part in error["loc"] if isinstance(part, str))
    key = ".".join(path)
    place = joined.place(path)
    if error["type"] == "extra_forbidden":
        beside = [each for each in _known() if each[: len(path) - 1] == path[:-1]]
        known = {each[len(path) - 1] for each in beside if len(each) >= len(path)}
        near = sorted(known or CertificateFiles.model_fields)  # those of the only list of entries
        return f"{place}: unknown setting {shown(key)}{did_you_mean(path[-1], near)}"
    what = _what(error)
    return f"{place}: `{key}` {what}" if key else f"{place}: {what}"


def _what(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return "is missing; write it"
        case "literal_error":
            return f"is none of the words that are known; write {context['expected']}"
        case "greater_than_equal":
            return f"is too small; write at least {context['ge']}"
        case "less_than_equal":
            return f"is too large; write at most {context['le']}"
        case _:
            return "does not have the right form; see the settings in the README"
