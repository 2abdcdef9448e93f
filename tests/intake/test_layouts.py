"""The same content in ten layouts and six formats gives the same bytes when it is exported."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from pipelines.intake.examine import Asked, History, examine
from pipelines.intake.load import load_bytes
from pipelines.intake.read.guard import read_file
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, read_table
from pipelines.warehouse.reader import open_reader
from tests.intake.formats import PLAIN, SOFFICE, convert_all
from tests.intake.samples import build_sample, list_samples, read_sample

LAYOUTS = ("大标题和说明行", "全角数字", "数字带单位", "万元列", "单位行万元", "中文数字", "点分日期", "序号列", "小计和总计", "两级表头没合并", "列序颠倒", "甲乙栏号行")
COLUMNS = ("township_code", "period", "date", "union_name", "category", "recipient_kind", "recipients", "recipients_at_least", "amount", "amount_at_least", "note")


@pytest.fixture(scope="module")
def samples() -> dict[str, dict]:
    found = {p.stem.split("-")[1]: read_sample(p) for p in list_samples()}
    return {name: found[name] for name in LAYOUTS}


def _export(catalog, folder, content: bytes) -> bytes:
    """What is exported once the content has taken the place of what was loaded before."""
    home = Home(folder / "home")
    report = load_bytes(home, catalog, "龙坝镇2026年3月.dat", content)
    assert report.status == "loaded", [p.message for p in report.problems]
    write_export(read_table(open_reader(home), catalog, Selection("relief", columns=COLUMNS)), folder / "out.csv")
    return (folder / "out.csv").read_bytes()


@pytest.mark.skipif(not SOFFICE, reason="没有安装 LibreOffice，跳过 xls 和 ods 的版式测试")
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_every_sample_reads_the_same_in_an_older_and_in_an_open_format(catalog, tmp_path, ending):
    """Values, places and problems, cell for cell; how a number was written may differ."""
    found = {p.stem: read_sample(p) for p in list_samples()}

    def reading(name: str, content: bytes) -> tuple:
        examined = examine(catalog, read_file(content), Asked(found[name]["name"]), b"k" * 32, History())
        rows = {form: [{k: v for k, v in row.items() if k != "as_written"} for t in parts for row in t.rows] for form, parts in examined.typed.items()}
        return rows, sorted((p.severity, p.code, str(p.sheet), str(p.cell)) for p in examined.report.problems)

    converted = convert_all(found, ending, tmp_path)
    assert [n for n, content in converted.items() if reading(n, content) != reading(n, build_sample(found[n]))] == []


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "csv", "html", "xml"])
def test_ten_layouts_in_a_format_export_the_same(catalog, samples, tmp_path, ending):
    if ending in PLAIN:
        contents = {name: PLAIN[ending](sample["sheet"][0]) for name, sample in samples.items()}
    elif ending == "xlsx":
        contents = {name: build_sample(sample) for name, sample in samples.items()}
    elif SOFFICE:
        contents = convert_all(samples, ending, tmp_path)
    else:
        pytest.skip("没有安装 LibreOffice，跳过 xls 和 ods 的版式测试")
    exports = {name: _export(catalog, tmp_path, content) for name, content in contents.items()}
    expected = _export(catalog, tmp_path, build_sample(samples["列序颠倒"]))
    assert expected.count(b"\n") == 3
    assert {name for name, found in exports.items() if found != expected} == set()
