"""Makes the warehouse anew from the kept originals, each under the catalogue that it was loaded with."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import date
from itertools import groupby

from pipelines.audit.log import Event, append_events
from pipelines.catalog.load import load_catalog, load_catalog_from_text
from pipelines.catalog.model import Catalog
from pipelines.catalog.narrow import catalog_of_township
from pipelines.catalog.period import parse_period
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.batch import Batch
from pipelines.intake.examine import Asked, examine
from pipelines.intake.journal import as_decision, list_records, reconcile_decisions
from pipelines.intake.keep import list_receipts, read_catalogue, read_id_key, read_original, reconcile
from pipelines.intake.load import build_submission
from pipelines.intake.mend import mend_spoilt
from pipelines.intake.read.guard import read_ahead
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.writer import Writer, hold_lock, is_behind, open_writer, replace_warehouse, restore_release


def _asked(receipt: dict) -> Asked:
    said: date | None = parse_period(receipt["asked"]["period"]) if receipt["asked"]["period"] else None
    return Asked(receipt["file"], receipt["asked"]["township_code"], said)


def _original(home: Home, receipt: dict) -> bytes:
    content = read_original(home, receipt["sha256"])
    if content is None:
        raise UserError(f"原始文件“{receipt['file']}”（编号 {receipt['sequence']:06d}）不见了，无法重建。", "请从备份恢复 originals 文件夹后再试。")
    return content


def _replay(home: Home, catalog: Catalog, writer: Writer, receipts: list[dict], id_key: bytes) -> None:
    contents = (_original(home, r) for r in receipts)
    with Batch(writer) as batch:
        history = batch.history.as_history()
        for receipt, sheets in zip(receipts, read_ahead(contents), strict=True):
            examined = examine(catalog_of_township(catalog, receipt["township_code"]), sheets, _asked(receipt), id_key, history)
            if not examined.forms:
                raise UserError(f"原始文件“{receipt['file']}”（编号 {receipt['sequence']:06d}）这次没有读通，重建已停止，原来的数据没有动。", "请把这份文件和程序版本告诉维护人员。")
            batch.add(build_submission(examined, receipt))


def _replay_decisions(home: Home, fresh: Home, last: dict) -> None:
    """All of them after the uploads, for each names the upload that it is about; the catalogue is that of whatever came last."""
    records = [r for r in list_records(home) if r["outcome"] == "made"]
    if records:
        later = records[-1]["receipts"] >= last["sequence"]
        catalog = load_catalog_from_text(read_catalogue(home, (records[-1] if later else last)["catalogue_sha256"]))
        with open_writer(fresh, catalog, as_told=True) as writer:
            writer.decide([as_decision(r) for r in records])


def _mend(home: Home) -> None:
    """What the newest whole release tells of spoilt receipts and decisions; nothing where no release is whole."""
    with suppress(UserError):
        reader = open_reader(home)
        if reader.release:
            mend_spoilt(home, reader, whole=reader.damaged is None)


def rebuild(home: Home, by: str = "命令行") -> str:
    """Replays every loaded upload in order into a fresh warehouse, swaps it in, and gives the new release's id."""
    fresh = Home(home.path / "rebuilding", local=True)
    with hold_lock(home):
        try:
            release = _rebuild(home, fresh)
        finally:
            shutil.rmtree(fresh.path, ignore_errors=True)
        append_events(home, [Event("rebuild", by, f"版本 {release}")])
    return release


def _rebuild(home: Home, fresh: Home) -> str:
    shutil.rmtree(fresh.path, ignore_errors=True)
    _mend(home)
    receipts = [r for r in list_receipts(home) if r["outcome"] == "loaded"]
    if not receipts:
        raise UserError("还没有已入库的文件，没有可以重建的内容。", "请先用 load 载入月报。")
    key = read_id_key(home)
    for sha256, group in groupby(receipts, key=lambda r: r["catalogue_sha256"]):
        catalog = load_catalog_from_text(read_catalogue(home, sha256))
        with open_writer(fresh, catalog, as_told=True) as writer:
            _replay(home, catalog, writer, list(group), key)
    _replay_decisions(home, fresh, receipts[-1])
    with open_writer(fresh, load_catalog(overlay=home.overlay), as_told=True):  # targets may have changed since whatever came last
        pass
    return replace_warehouse(home, release_path(fresh, read_current(fresh)), "由原始文件重建")


def _decided(reader: Reader) -> set[int]:
    """The decisions that a release holds; one of an older version may not know of any."""
    known = reader.rows("select 1 from duckdb_tables() where table_name = 'decision'")
    return {row[0] for row in reader.rows("select sequence from decision")} if known else set()


_HELD = "select 'upload', submission_id, submission_id from submission union all select 'decision', sequence::varchar, submission_id from decision"


def _check_alone(home: Home, release: str, submission_id: str) -> None:
    """UserError where anything but that upload, and what was decided on it, came since the release."""
    before, now = (set(open_reader(home, number).rows(_HELD)) for number in (release, None))
    if before - now or {about for _, _, about in now - before} != {submission_id}:
        raise UserError("又有别的报送入库或审核，这次入库不能单独撤销了。", "要改数据，请上报改正后的表格。")


def roll_back(home: Home, release: str, by: str = "命令行", only: str | None = None) -> str:
    """Makes an earlier release the warehouse again, as a new release, and tells the receipts and the decisions; gives the new release's id. The catalogue stays as it is now.

    With `only`, an upload's number, it undoes that upload and nothing else: UserError where more came since the release.
    """
    with hold_lock(home):
        _mend(home)
        if only:
            _check_alone(home, release, only)
        published = restore_release(home, release)
        reader = open_reader(home)
        reconcile(home, {row[0] for row in reader.rows("select submission_id::integer from submission")})
        reconcile_decisions(home, _decided(reader))
        append_events(home, [Event("rollback", by, f"版本 {release}", detail=f"成为版本 {published}")])
    catalog = load_catalog(overlay=home.overlay)
    if is_behind(home) or reader.rows("select max(sha256) from catalogue") != [(catalog.sha256,)]:  # a release of an earlier program or catalogue lacks what the pages ask for
        with open_writer(home, catalog, f"恢复到版本 {release}，并更新") as writer:
            pass
        published = writer.release
    return published
