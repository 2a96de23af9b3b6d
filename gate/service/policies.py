"""Which policy is in force, and how it becomes another one.

The folder is the source, the store holds what is in force. A text comes into force only when it
loads whole and its own tests pass; everything else leaves the policy in force as it is. A change
of the folder that loosens waits for somebody to publish it with a reason (RULES G9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from gate.config.policy_folder import read_folder
from gate.config.policy_replacement import Staged, stage
from gate.config.policy_yaml import Loaded, load_policy
from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.core.located import Problem, Problems
from gate.core.policy import Policy
from gate.core.ports import Clock, HeldPolicy, PolicyText, PolicyVersion, Store
from gate.service.policy_losses import losses
from gate.service.policy_outcomes import Held, InForce, Published, Refused, Taken, Unchanged
from gate.service.policy_tests import failures, run_policy_tests

__all__ = ["Held", "InForce", "PolicyKeeper", "Published", "Refused", "Taken", "Unchanged"]

REMEMBERED: Final = 4  # parsed texts; the one in force, the former one, what is tried
BY_FOLDER: Final = "folder"  # the author of what the folder brought


class PolicyKeeper:
    """Knows the policy in force for one process, and brings others into force."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        load: Callable[[PolicyText], Loaded | Problems] = load_policy,
        folder: Path | None = None,
        misfit: Callable[[Policy], Problem | None] = lambda _: None,
    ) -> None:
        """Keep to the store's versions; `folder` is written where a version is published.

        `misfit` says why this installation could not serve a policy, however valid it is.
        """
        self._store = store
        self._policies = store.policies
        self._clock = clock
        self._load = load
        self._folder = folder
        self._misfit = misfit
        self._lock = Lock()
        self._in_force: InForce | None = None
        self._parsed: dict[str, Policy] = {}

    # --- reading -----------------------------------------------------------------------------

    def current(self) -> InForce:
        """Give what is in force; StoreError when nothing is, or it can't be loaded: deny then."""
        number = self._policies.active_number()
        known = self._in_force
        if known is not None and known.number == number:
            return known
        with self._lock:
            self._in_force = self._loaded_version(number)
            return self._in_force

    def policy(self) -> Policy:
        """Give the policy in force alone."""
        return self.current().policy

    def history(self) -> Sequence[PolicyVersion]:
        """Give all stored versions, newest first."""
        return self._policies.history()

    def held(self) -> HeldPolicy | None:
        """Give the folder's change that is not in force."""
        return self._policies.held()

    def check(self, text: PolicyText) -> Policy | Problems:
        """Give the policy of a text that fits and whose tests pass, or what is wrong."""
        policy = self._fitting(text)
        if isinstance(policy, Problems):
            return policy
        failed = failures(run_policy_tests(policy, self._clock.now()))
        return Problems(items=failed) if failed else policy

    def _loaded_version(self, number: int | None) -> InForce:
        version = None if number is None else self._policies.version(number)
        if version is None:
            raise StoreCorrupt("no policy is in force; run: gate policy publish")
        policy = self._parse(version.text)
        if isinstance(policy, Problems):
            raise StoreCorrupt(
                f"version {number} of the policy does not load: {policy.items[0]};"
                " run: gate policy rollback"
            )
        return InForce(number=version.number, policy=policy)

    def _fitting(self, text: PolicyText) -> Policy | Problems:
        """Give the policy of a text that loads and that this installation can serve."""
        policy = self._parse(text)
        if isinstance(policy, Problems):
            return policy
        problem = self._misfit(policy)
        return policy if problem is None else Problems(items=(problem,))

    def _parse(self, text: PolicyText) -> Policy | Problems:
        digest = _digest(text)
        known = self._parsed.get(digest)
        if known is not None:
            return known
        loaded = self._load(text)
        if isinstance(loaded, Problems):
            return loaded
        while len(self._parsed) >= REMEMBERED:
            self._parsed.pop(next(iter(self._parsed)))
        self._parsed[digest] = loaded.policy
        return loaded.policy

    # --- folder ------------------------------------------------------------------------------

    def take_folder(self, read: PolicyText | Problems) -> Taken:
        """Bring the folder's text into force, or hold it with the reasons."""
        if isinstance(read, Problems):
            return self._hold(PolicyText(files=()), _lines(read), waits=False)
        active = self._policies.active()
        if active is not None and self._stands(active, read):
            self._policies.hold(None)
            return Unchanged(number=active.number)
        policy = self.check(read)
        if isinstance(policy, Problems):
            return self._hold(read, _lines(policy), waits=False)
        lost = self._lost(policy)
        if lost:
            return self._hold(read, lost, waits=True)
        return self._publish(read, author=BY_FOLDER, message="the folder changed", lost=())

    def _stands(self, active: PolicyVersion, read: PolicyText) -> bool:
        """Say whether the folder brings nothing new: its text is in force, or was before a pin."""
        if active.text == read:
            return True
        return active.pinned and self._policies.history()[0].text == read

    def _hold(self, text: PolicyText, why: tuple[str, ...], *, waits: bool) -> Held:
        known = self._policies.held()
        if known is None or (known.text, known.why) != (text, why):
            self._policies.hold(HeldPolicy(text=text, why=why, at=self._clock.now()))
        return Held(why=why, waits=waits)

    def _lost(self, policy: Policy) -> tuple[str, ...]:
        """Give what the policy in force has and this one lost; one that can't be read loses all."""
        if self._policies.active_number() is None:
            return ()
        try:
            return losses(self.current().policy, policy)
        except StoreCorrupt as error:
            return (f"it can't be compared with the policy in force: {error}",)

    # --- people ------------------------------------------------------------------------------

    def losses_of(self, text: PolicyText) -> tuple[str, ...] | Problems:
        """Give what a publish of a text would loosen, or why it can't be published."""
        policy = self.check(text)
        return policy if isinstance(policy, Problems) else self._lost(policy)

    def publish(self, text: PolicyText, *, author: str, message: str) -> Published | Refused:
        """Bring a text into force that loads and passes its tests, whatever it loosens."""
        policy = self.check(text)
        if isinstance(policy, Problems):
            return Refused(why=_lines(policy))
        return self._publish_in_folder(text, author, message, self._lost(policy))

    def _publish_in_folder(
        self, text: PolicyText, author: str, message: str, lost: tuple[str, ...]
    ) -> Published | Refused:
        """Publish, and write the folder where it says something else."""
        if self._folder is None or read_folder(self._folder) == text:
            return self._publish(text, author=author, message=message, lost=lost)
        try:
            staged = stage(self._folder, text)
        except OSError as error:
            return Refused(why=(_unwritable(self._folder, error),))
        with staged:
            published = self._publish(text, author=author, message=message, lost=lost)
            _commit(staged, published.number)
        return published

    def _publish(
        self, text: PolicyText, *, author: str, message: str, lost: tuple[str, ...]
    ) -> Published:
        with self._store.together():
            number = self._policies.publish(
                text, author=author, message=message, at=self._clock.now()
            )
            self._policies.hold(None)
        return Published(number=number, lost=lost)

    def rollback(self, number: int, *, author: str, message: str) -> Published | Refused:
        """Bring a stored version into force again.

        It is written to the folder and published as a new version; where the folder can't be
        written, the version is pinned and holds until it is unpinned or the folder changes.
        """
        version = self._policies.version(number)
        if version is None:
            return Refused(why=(f"there is no version {number}; see: gate policy history",))
        policy = self._fitting(version.text)
        if isinstance(policy, Problems):
            return Refused(why=_lines(policy))
        lost = self._lost(policy)
        if self._folder is not None:
            published = self._publish_in_folder(version.text, author, message, lost)
            if isinstance(published, Published):
                return published
        self._policies.pin(number)
        return Published(number=number, lost=lost, pinned=True)

    def unpin(self) -> bool:
        """Let the folder rule again; false when nothing was pinned."""
        return self._policies.unpin()


def _digest(text: PolicyText) -> str:
    """Give a name for a text; each part is hashed by its own, so that none can shift."""
    digest = sha256()
    for name, body in text.files:
        for part in (name, body):
            digest.update(sha256(part.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()


def _lines(problems: Problems) -> tuple[str, ...]:
    return tuple(str(problem) for problem in problems.items)


def _commit(staged: Staged, number: int) -> None:
    try:
        staged.commit()
    except OSError as error:
        why = _unwritable(staged.folder, error)
        raise StoreUnavailable(f"version {number} is in force, but {why}") from error


def _unwritable(folder: Path, error: OSError) -> str:
    return f"the folder `{folder}` can't be written: {error.strerror}; change it there, or pin"
