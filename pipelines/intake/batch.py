"""Accepted uploads on their way into the warehouse: staged together, each one wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from pipelines.intake.history import RunningHistory
from pipelines.warehouse.submission import Submission
from pipelines.warehouse.writer import Writer

MOST = 120

Tell = Callable[[Sequence[Submission]], None]


def _nothing(submissions: Sequence[Submission]) -> None:
    pass


def _rounds(submissions: Sequence[Submission]) -> list[list[Submission]]:
    """The uploads in their order, cut where one replaces another: what is staged together must not overlap."""
    rounds: list[dict[tuple, Submission]] = [{}]
    for submission in submissions:
        place = submission.township_code, submission.period
        if place in rounds[-1]:
            rounds.append({})
        rounds[-1][place] = submission
    return [list(part.values()) for part in rounds]


class Batch:
    """Uploads that wait to be staged in few transactions, with somebody to be told before.

    One batch is staged by a thread of its own while the next one is examined; an error in it comes out of the next call.
    """

    def __init__(self, writer: Writer, before: Tell = _nothing) -> None:
        self._writer, self._before = writer, before
        self._waiting: list[Submission] = []
        self._pool = ThreadPoolExecutor(1)
        self._running: Future | None = None
        self.history = RunningHistory(writer, writer.catalog)

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        """Stages what waits; after an error only what is already under way."""
        try:
            if kind is None:
                self.settle()
        finally:
            self._pool.shutdown()

    def add(self, submission: Submission) -> None:
        """Lets an upload wait until there are enough of them."""
        if len(self._waiting) >= MOST:
            self._flush()
        self._waiting.append(submission)
        self.history.accept(submission)

    def settle(self) -> None:
        """Returns when everything that was added is in the warehouse."""
        self._flush()
        self._join()

    def _join(self) -> None:
        if self._running is not None:
            self._running.result()

    def _flush(self) -> None:
        self._join()
        if self._waiting:
            self._running = self._pool.submit(self._stage, self._waiting)
            self._waiting = []

    def _stage(self, submissions: Sequence[Submission]) -> None:
        self._before(submissions)
        for part in _rounds(submissions):
            self._writer.stage(part)
