"""A bounded place for hashing: one after another, and a share for people who are known."""

from __future__ import annotations

import threading

import pytest

from gate.service.hashing import KEPT_FOR_KNOWN, QUEUE, Busy, HashQueue


class Crowd:
    """Fills a queue with callers that wait until they are let go."""

    def __init__(self, queue: HashQueue) -> None:
        self.queue = queue
        self.leave = threading.Event()
        self.threads: list[threading.Thread] = []
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()

    def _work(self) -> None:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.leave.wait(30)
        with self.lock:
            self.running -= 1

    def enter(self, *, familiar: bool) -> None:
        thread = threading.Thread(target=lambda: self.queue.run(self._work, familiar=familiar))
        thread.start()
        self.threads.append(thread)

    def fill(self, count: int) -> None:
        for number in range(1, count + 1):
            self.enter(familiar=True)
            while self.queue._waiting < number:  # until the thread stands in the queue
                pass

    def end(self) -> None:
        self.leave.set()
        for thread in self.threads:
            thread.join()


def test_the_work_is_done_and_its_value_given() -> None:
    assert HashQueue().run(lambda: 7, familiar=False) == 7


def test_f16_one_hash_runs_at_a_time() -> None:
    crowd = Crowd(HashQueue())
    crowd.fill(10)
    crowd.end()
    assert crowd.most == 1


@pytest.mark.parametrize(
    ("inside", "familiar", "admitted"),
    [
        (QUEUE - KEPT_FOR_KNOWN - 1, False, True),
        (QUEUE - KEPT_FOR_KNOWN, False, False),
        (QUEUE - KEPT_FOR_KNOWN, True, True),
        (QUEUE - 1, True, True),
        (QUEUE, True, False),
    ],
)
def test_g16_strangers_can_not_take_the_places_of_the_known(
    inside: int, *, familiar: bool, admitted: bool
) -> None:
    queue = HashQueue()
    assert queue._queue == QUEUE
    crowd = Crowd(queue)
    crowd.fill(inside)
    answers: list[object] = []
    caller = threading.Thread(
        target=lambda: answers.append(queue.run(lambda: "done", familiar=familiar))
    )
    caller.start()
    if not admitted:
        caller.join()
        assert isinstance(answers[0], Busy)
    crowd.end()
    caller.join()
    assert (answers == ["done"]) is admitted


def test_a_hash_that_fails_leaves_its_place() -> None:
    queue = HashQueue(queue=1)

    def fail() -> None:
        raise ValueError("broken")

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            queue.run(fail, familiar=True)
    assert queue.run(lambda: 1, familiar=False) == 1
