"""The one way in: keep, read, examine, stage, publish; the command line and the upload page both come through here."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import format_period
from pipelines.durable import make_durable
from pipelines.faults import Problem, UserError
from pipelines.home import Home
from pipelines.intake.batch import Batch
from pipelines.intake.closed import UNSAID, ClosedMonths, Correcting, Earlier, read_earlier
from pipelines.intake.examine import Asked, Examined, examine
from pipelines.intake.journal import approve_unseen
from pipelines.intake.keep import keep_catalogue, keep_original, read_id_key, upload_event, write_receipt
from pipelines.intake.mend import settle
from pipelines.intake.read.guard import read_ahead, read_file, reading_ahead
from pipelines.intake.report import FileReport, LoadReport
from pipelines.intake.sheet import Sheet
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.submission import Submission
from pipelines.warehouse.writer import Writer, open_writer


def _late_reason(submission_id: str) -> Problem:
    """That a reason was written for a file that is in force already, with which none can be kept any more."""
    message = f"这份文件以前已经入库（回执号 {submission_id}），内容完全相同，这次写的说明没有保存。"
    remedy = "说明只能在第一次报这份文件时写；要补充的，请改正文件以后连同说明再报，或告诉县总工会的审核人员。"
    return Problem("late_reason", severity="warning", sheet=None, cell=None, field=None, found=None, message=message, remedy=remedy)


class Loading:
    """The uploads of one command."""

    def __init__(self, home: Home, writer: Writer, by: str, explanations: dict[str, str] | None = None, correcting: Correcting = UNSAID) -> None:
        newest = settle(home, writer)
        self.home, self.catalog, self.writer, self.by = home, writer.catalog, writer, by
        keep_catalogue(home, self.catalog.sha256)
        self.explanations = explanations or {}
        self.closed, self.correcting = ClosedMonths(writer, self.catalog), correcting
        self.corrections: list[Event] = []
        self.refused: list[Event] = []  # and those that were there already
        self.clean: dict[tuple[str, date], str | None] = {}  # month -> its newest upload where the county may not need to look at it
        self.id_key = read_id_key(home)
        self.sequence = newest + 1
        self.hashes: dict[date, set[str]] = {}  # of what was loaded for a month
        self.receipts: dict[str, dict] = {}  # of what waits, by submission
        self.unsynced: deque[Path] = deque()  # originals and receipts on their way to disk
        self.batch = Batch(writer, self._accept)
        self.history = self.batch.history.as_history()

    def __enter__(self) -> Loading:
        self.batch.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.batch.__exit__(*error)
        self._sync()
        append_events(self.home, self.refused)
        append_events(self.home, [e for e in self.corrections if e.submission_id not in self.receipts])
        if self.catalog.returns.auto_approve and error == (None, None, None):
            approve_unseen(self.home, self.writer, {place: number for place, number in self.clean.items() if number})

    def _sync(self) -> None:
        make_durable([self.unsynced.popleft() for _ in range(len(self.unsynced))])

    def receive(self, asked: Asked, content: bytes, received_at: datetime) -> dict:
        """Keeps the bytes and writes the receipt, before anything is read."""
        sha256, path = keep_original(self.home, asked.name, content)
        self.unsynced.append(path)
        receipt = {
            "sequence": self.sequence,
            "sha256": sha256,
            "file": asked.name,
            "township_code": None,
            "period": None,
            "asked": {"township_code": asked.township_code, "period": format_period(asked.period) if asked.period else None},
            "received_at": received_at.isoformat(timespec="seconds"),
            "by": self.by,
            "catalogue_sha256": self.catalog.sha256,
            "explanations": self.explanations,
            "outcome": "received",
            "problems": [],
        }
        self.sequence += 1
        write_receipt(self.home, receipt, durable=False)
        return receipt

    def take(self, asked: Asked, sheets: list[Sheet] | Problem, receipt: dict) -> FileReport:
        """Examines one file and, when it is right, puts it with those to be staged."""
        examined = examine(self.catalog, sheets, asked, self.id_key, self.history)
        report = examined.report
        receipt |= {"township_code": report.township_code, "period": format_period(report.period) if report.period else None}
        receipt["problems"] = [p.as_dict() for p in report.problems]
        if examined.forms and (same := self._find_same(receipt["sha256"], report)):
            report.status, report.submission_id = "unchanged", same
            report.problems += [_late_reason(same)] if self.explanations else []  # after the receipt's: of this call, not of the file
        elif examined.forms and (fault := self.closed.find_fault(report, self.correcting)):
            report.problems.append(fault)
            receipt["problems"].append(fault.as_dict())
        elif examined.forms:
            self._add(examined, receipt)
            return report
        self.unsynced.append(write_receipt(self.home, receipt | {"outcome": report.status}, durable=False))
        detail = f"{sum(p.severity == 'error' for p in report.problems)} 处错误" if report.status == "refused" else f"同 {report.submission_id}"
        self.refused.append(upload_event(receipt, f"upload_{report.status}", detail))
        return report

    def _hashes(self, period: date) -> set[str]:
        if period not in self.hashes:
            self.hashes[period] = self.writer.known_hashes(period)
        return self.hashes[period]

    def _find_same(self, sha256: str, report: FileReport) -> str | None:
        if sha256 not in self._hashes(report.period):
            return None
        self.batch.settle()
        return self.writer.find_loaded(sha256, report.township_code, report.period)

    def _add(self, examined: Examined, receipt: dict) -> None:
        report = examined.report
        report.status, report.submission_id = "loaded", f"{receipt['sequence']:06d}"
        receipt["correction"] = self.closed.correction(report, self.correcting)
        place = report.township_code, report.period
        if receipt["correction"]:
            self.corrections.append(Event("correction", self.by, report.file, *place, report.submission_id, receipt["correction"]))
        self.clean[place] = report.submission_id if not report.problems and self.closed.is_fresh(place) else None
        self._hashes(report.period).add(receipt["sha256"])
        self.batch.add(build_submission(examined, receipt))
        self.receipts[report.submission_id] = receipt

    def _accept(self, submissions: Sequence[Submission]) -> None:
        """Before the transaction: from here on a rebuild would load these, and the audit record tells of them."""
        accepted = [self.receipts.pop(s.submission_id) for s in submissions]
        for receipt in accepted:
            self.unsynced.append(write_receipt(self.home, receipt | {"outcome": "loaded"}, durable=False))
        self._sync()
        append_events(self.home, [upload_event(receipt, "upload") for receipt in accepted])


def build_submission(examined: Examined, receipt: dict) -> Submission:
    """The accepted upload under its receipt's number."""
    report = examined.report
    return Submission(
        submission_id=f"{receipt['sequence']:06d}",
        sha256=receipt["sha256"],
        source_file=receipt["file"],
        township_code=report.township_code,
        period=report.period,
        received_at=datetime.fromisoformat(receipt["received_at"]),
        received_by=receipt["by"],
        catalogue_sha256=receipt["catalogue_sha256"],
        forms=examined.forms,
        problems=tuple(report.problems),
        explanations=receipt.get("explanations", {}),
        correction=receipt.get("correction", ""),
    )


def _read_input(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:  # not the home's disk: nothing that was staged is undone
        raise UserError(f"文件 {path.name} 读不出来。", "请检查它是否还在、有没有读的权限；排在它前面的文件已经处理。") from fault


@contextmanager
def _rare_collections() -> Iterator[None]:
    """The rows of many files are many objects without cycles: looking for cycles among them takes a fifteenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def load_files(
    home: Home,
    catalog: Catalog,
    paths: Sequence[Path],
    *,
    township_code: str | None = None,
    period: date | None = None,
    by: str = "命令行",
    explanation: str = "",
    correction: str = "",
    by_county: bool = False,
    received_at: Callable[[Path], datetime] | None = None,
    progress: Callable[[int, int, FileReport], None] | None = None,
) -> LoadReport:
    """Loads files in the given order and publishes one release; a bad file never stops the others. UserError for one that cannot be read at all, when those before it are loaded.

    The explanation is kept with every warning that asks for one. A month that was approved takes a file only with a `correction`, the
    reason why it changes, and a locked month only where `by_county` says besides that the county itself does it.
    """
    reports: list[FileReport] = []
    unread: list[UserError] = []
    said = {"*": explanation} if explanation else {}, Correcting(correction, by_county)
    with _rare_collections(), reading_ahead(len(paths)) as read, open_writer(home, catalog) as writer, Loading(home, writer, by, *said) as loading:
        receipts: list[dict] = []

        def contents():
            for path in paths:
                try:
                    content = _read_input(path)
                except UserError as fault:
                    unread.append(fault)
                    return
                when = received_at(path) if received_at else datetime.now()
                receipts.append(loading.receive(Asked(path.name, township_code, period), content, when))
                yield content

        for number, sheets in enumerate(read(contents())):
            reports.append(loading.take(Asked(paths[number].name, township_code, period), sheets, receipts[number]))
            if progress:
                progress(number + 1, len(paths), reports[-1])
    if unread:
        raise unread[0]
    return LoadReport(writer.release or read_current(home), reports)


def load_bytes(
    home: Home,
    catalog: Catalog,
    name: str,
    content: bytes,
    *,
    township_code: str | None = None,
    period: date | None = None,
    by: str = "网页上报",
    explanations: dict[str, str] | None = None,
    correction: str = "",
    by_county: bool = False,
) -> FileReport:
    """Loads one uploaded file and publishes a release when it is accepted; explanations are kept by `Problem.key`; the rest as `load_files`."""
    asked = Asked(Path(name).name, township_code, period)
    sheets = read_file(content)
    with open_writer(home, catalog) as writer, Loading(home, writer, by, explanations, Correcting(correction, by_county)) as loading:
        return loading.take(asked, sheets, loading.receive(asked, content, datetime.now()))


def check_bytes(
    home: Home | None,
    catalog: Catalog,
    name: str,
    content: bytes,
    *,
    township_code: str | None = None,
    period: date | None = None,
    correction: str = "",
    by_county: bool = False,
) -> FileReport:
    """Reads and checks one file and writes nothing; the arguments are those of `load_bytes`."""
    earlier = read_earlier(home, catalog)
    examined = examine(catalog, read_file(content), Asked(Path(name).name, township_code, period), read_id_key(None), earlier.history)
    return _checked(examined, content, earlier, Correcting(correction, by_county))


def check_files(
    home: Home | None,
    catalog: Catalog,
    paths: Sequence[Path],
    *,
    township_code: str | None = None,
    period: date | None = None,
    correction: str = "",
    by_county: bool = False,
    progress: Callable[[int, int, FileReport], None] | None = None,
) -> LoadReport:
    """Reads and checks files and writes nothing; `valid` stands where a load would say `loaded`."""
    reports = []
    earlier, id_key = read_earlier(home, catalog), read_id_key(None)
    for path, sheets in zip(paths, read_ahead(p.read_bytes() for p in paths), strict=True):
        asked = Asked(path.name, township_code, period)
        reports.append(_checked(examine(catalog, sheets, asked, id_key, earlier.history), path.read_bytes(), earlier, Correcting(correction, by_county)))
        if progress:
            progress(len(reports), len(paths), reports[-1])
    return LoadReport(None, reports)


def _checked(examined: Examined, content: bytes, earlier: Earlier, said: Correcting) -> FileReport:
    report = examined.report
    if examined.forms and (fault := earlier.find_fault(report, content, said)):
        report.problems.append(fault)
    elif examined.forms:
        report.status = "valid"
    return report
