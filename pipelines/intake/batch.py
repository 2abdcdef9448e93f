"""Accepted uploads on their way into the warehouse: staged together, each one wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.intake.history import RunningHistory
from pipelines.warehouse.submission import Submission
from pipelines.warehouse.writer import Writer

MOST = 60


class Batch:
    """Uploads of different township-months that wait to be staged in one transaction, with what is to be told before and after."""

    def __init__(self, writer: Writer, before: Callable[[Sequence[Submission]], None] | None = None, after: Callable[[Sequence[Submission]], None] | None = None) -> None:
        self._writer, self._before, self._after = writer, before, after
        self._waiting: dict[tuple, Submission] = {}
        self.history = RunningHistory(writer)

    def add(self, submission: Submission) -> None:
        """Lets an upload wait; one that replaces a waiting one waits until that one is in the warehouse."""
        place = submission.township_code, submission.period
        if place in self._waiting or len(self._waiting) >= MOST:
            self.flush()
        self._waiting[place] = submission
        self.history.accept(submission)

    def flush(self) -> None:
        """Stages what waits."""
        if not self._waiting:
            return
        submissions = list(self._waiting.values())
        if self._before:
            self._before(submissions)
        self._writer.stage(submissions)
        if self._after:
            self._after(submissions)
        self._waiting.clear()
