"""The processes of the storm: one that reads whatever release is in force, one that uploads as the page does. `python -m tests.warehouse.storm`."""

from __future__ import annotations

import itertools
import random
import sys
import time
from pathlib import Path

from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.workflow.drafts import discard_draft, read_draft, save_draft
from tests.intake.build import GOOD, UNION, workbook

PLACES = list(itertools.product(("城关镇", "蒋家堰镇", "龙坝镇"), ("2026-02", "2026-03")))
COUNTY = "420324"
TORN = {  # what must hold inside every release -> the rows that break it
    "every row of an upload is there": """select * from form_load as l left join (
        select submission_id, count(*) as n from relief_all group by all
    ) as r using (submission_id) where l.form = 'relief' and l.row_count <> coalesce(r.n, 0)""",
    "no row without its upload": "select submission_id from relief_all anti join submission using (submission_id)",
    "one version of a month's form is in force, the newest": """select township_code, period, form from form_load group by all
        having count(*) filter (where superseded_by is null) <> 1 or max(submission_id) <> max(submission_id) filter (where superseded_by is null)""",
    "a month's measure is the sum of its rows": """select * from (
        select township_code, period, sum(amount) as rows from relief group by all
    ) full join (select township_code, period, value from measure_value where measure = 'relief.amount') using (township_code, period)
    where rows is distinct from value""",
    "the county is the sum of its townships": f"""select * from (
        select period, sum(value) filter (where township_code = '{COUNTY}') as county, sum(value) filter (where township_code <> '{COUNTY}') as towns
        from indicator_value where indicator = 'relief_amount' group by all
    ) where county is distinct from towns""",
    "every reported month has its state": "select township_code, period from submission anti join submission_status using (township_code, period)",
}


def find_torn(reader: Reader) -> list[str]:
    """What does not hold in the reader's release."""
    return [what for what, sql in TORN.items() if reader.rows(sql)]


def name_file(serial: int) -> str:
    """A name of seven digits, in which nobody can read a month."""
    return f"{serial:07d}.xlsx"


def make_upload(serial: int, place: tuple[str, str]) -> bytes:
    """A workbook that no other serial has: its amount is the serial, in two rows."""
    month = place[1]
    rows = [[f"{month}-05", UNION, "送温暖慰问", "困难职工", "", "", 1, serial * 100], [f"{month}-08", UNION, "办实事", "其他", "", "", 1, serial]]
    events = [GOOD["活动与服务台账"][0], [f"{month}-12", UNION, "文体活动", "东塔杯", serial]]
    return workbook({"帮扶救助台账": [GOOD["帮扶救助台账"][0], *rows], "活动与服务台账": events}, cover=place)


def read_for_ever(home: Home) -> None:
    """Reads release after release; says what is torn or went back, and how many releases it read."""
    reader, most = open_reader(home), 0
    for number in itertools.count(1):
        if torn := find_torn(reader):
            print(f"TORN {reader.release} {torn}", flush=True)
        (count,) = reader.rows("select count(*) from submission")[0]
        if count < most or reader.damaged:
            print(f"TORN {reader.release} went back from {most} to {count}, damaged: {reader.damaged}", flush=True)
        most = count
        print(f"read {number} {reader.release}", flush=True)
        while not reader.refresh():
            time.sleep(0.1)


def upload_for_ever(home: Home, first: int) -> None:
    """Drops, checks and submits as the page does; a receipt is printed when the page would show it."""
    catalog, dice = load_catalog(), random.Random(first)
    for serial in itertools.count(first):
        content = make_upload(serial, dice.choice(PLACES))
        report = check_bytes(home, catalog, name_file(serial), content)
        draft = save_draft(home, "longba", (None, None), content, report)
        done = load_bytes(home, catalog, draft.file, read_draft(home, draft), by="longba")
        print(f"{done.status} {serial} {done.submission_id}", flush=True)
        discard_draft(home, draft.id)


if __name__ == "__main__":
    where = Home(Path(sys.argv[2]))
    if sys.argv[1] == "read":
        read_for_ever(where)
    upload_for_ever(where, int(sys.argv[3]))
