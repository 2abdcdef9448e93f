"""The summary as a Word document, read back: headings, fonts, page numbers, references, and every figure against SQL."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal

import pytest
from docx import Document
from docx.oxml.ns import qn

from pipelines.catalog.period import parse_period
from pipelines.catalog.reading import READINGS
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.home import CODE_WORDING, Home
from pipelines.reports.summary.document.write import TEMPLATE, write_summary
from pipelines.reports.summary.draft import make_draft
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.reader import Reader, open_reader

FIGURE = re.compile(r"^(?:\D*?)(\d+(?:\.\d+)?)(万|亿)?(余)?(.*?)(以上)?$")
WORDS_FOR_NONE = {"未发生安全生产事故": 0, "留守学生无一人辍学": 0}
GROWTH = {"增长": 1, "增加": 1, "提高": 1, "下降": -1, "减少": -1, "降低": -1, "持平": 0}


def open_summary(home: Home, catalog, code: str | None, text: str, reading: str | None = None, reader: Reader | None = None):
    return Document(io.BytesIO(write_summary(make_draft(reader or open_reader(home), home, catalog, code, text, reading), home)))


def read_references(document) -> list[tuple[str, int]]:
    """(the words before a reference, the row that it leads to)."""
    found = []
    for paragraph in document.element.body.iter(qn("w:p")):
        before = ""
        for child in paragraph:
            if child.tag == qn("w:hyperlink"):
                found.append((before, int(child.get(qn("w:anchor")).removeprefix("annex"))))
            elif child.tag == qn("w:r"):
                before = "".join(t.text or "" for t in child.iter(qn("w:t"))) or before
    return found


def read_annex(document) -> dict[int, list[str]]:
    table = document.tables[-1]._tbl
    rows = [["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))] for row in table.iter(qn("w:tr"))]
    return {int(row[0]): row for row in rows[1:]}


def test_it_is_an_official_document(pack, catalog):
    document = open_summary(pack, catalog, "420324101", "2025")
    section, styles = document.sections[0], document.styles
    assert [round(section.page_width.mm), round(section.top_margin.mm), round(section.left_margin.mm)] == [210, 37, 28]
    east = {name: styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Title", "Normal", "Heading 1", "Heading 2")}
    assert east == {"Title": "方正小标宋简体", "Normal": "仿宋_GB2312", "Heading 1": "黑体", "Heading 2": "楷体_GB2312"}
    assert (styles["Title"].font.size.pt, styles["Normal"].font.size.pt) == (22, 16)
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == ["蒋家堰镇工会2025年工作总结"]
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == ["一、抓规范，加强组织建设", "二、抓维权，发挥工会作用", "三、抓载体，增强工会活力", "四、存在的不足", "五、下一步打算", "附件：数据附表"]
    for footer in (section.footer, section.even_page_footer):
        assert "PAGE" in footer._element.xml and footer.paragraphs[0].text.startswith("— ")
    fonts = next(p for p in document.part.package.iter_parts() if p.partname == "/word/fontTable.xml").blob.decode()
    assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋' in fonts


def test_every_reference_leads_to_its_row(pack, catalog):
    document = open_summary(pack, catalog, "420324101", "2025")
    annex = read_annex(document)
    anchors = {b.get(qn("w:name")) for b in document.element.body.iter(qn("w:bookmarkStart"))}
    references = read_references(document)
    assert {row for _, row in references} == set(annex) and {f"annex{row}" for row in annex} <= anchors
    rows = {text: annex[row] for text, row in references}
    assert rows["77项"][1:7] == ["攻关立项", "2025-01至2025-12", "77项", "—", "77", "—"] and "000004" in rows["77项"][8]
    assert rows["63.6%"][5:7] == ["49", "77"]


def test_a_long_list_of_uploads_is_told_once(demo, catalog):
    month = str(open_reader(demo).rows("select max(period) from submission_status")[0][0])[:7]
    draft = make_draft(open_reader(demo), demo, catalog, None, month, "year")
    row = next(r for r in draft.annex if r.name == "建会率")
    name = row.sources.partition("（")[2].rstrip("）")
    loads = open_reader(demo).rows("select count(distinct submission_id) from form_load where form = 'register' and superseded_by is null")[0][0]
    assert row.sources.startswith(f"单位与工会名册 {loads} 份") and sum(note.startswith(f"{name}：") for note in draft.notes) == 1


def test_a_blank_stands_on_yellow(pack, catalog):
    document = open_summary(pack, catalog, "420324100", "2025")
    yellow = [r.text for p in document.paragraphs for r in p.runs if r.font.highlight_color is not None]
    assert "××家" in yellow and "××××" in yellow and all("×" in text for text in yellow)


def _value(text: str) -> tuple[Decimal, Decimal, bool]:
    """(the number, half of its last place, whether it is a lower bound); money in yuan, a share as a fraction."""
    if text in WORDS_FOR_NONE:
        return Decimal(WORDS_FOR_NONE[text]), Decimal(0), False
    number, size, more, unit, bound = FIGURE.match(text).groups()
    scale = Decimal({"万": 10_000, "亿": 100_000_000}.get(size, 1)) / (100 if unit.startswith("%") else 1)
    places = len(number.partition(".")[2])
    half = scale / 10**places if (more or bound) else scale / 10**places / 2 if places else scale / 2 if size or unit.startswith("%") else Decimal(0)
    return Decimal(number) * scale, half, bool(more or bound)


def _by_name(reader: Reader, reading: str, period, place: str, county: str) -> dict[str, tuple[Decimal | None, bool]]:
    """Annex name -> what SQL says it is."""
    table = figure_table(reading)
    rows = reader.rows(f"select i.name, f.value, f.at_least, f.target, f.pace from {table} as f join indicator as i using (indicator) where f.township_code = $c and f.period = $p", {"c": place, "p": period})
    found = {name: (value, bound) for name, value, bound, _, _ in rows} | {f"{n}目标": (t, False) for n, _, _, t, _ in rows} | {f"{n}按进度应达": (p, False) for n, _, _, _, p in rows}
    if place == county:
        parts = reader.rows(f"select t.township || i.name, f.value, f.at_least from {table} as f join indicator as i using (indicator) join township as t using (township_code) where f.period = $p", {"p": period})
        found |= {name: (value, bound) for name, value, bound in parts}
    return found


def _check(home: Home, catalog, reader: Reader, code: str, text: str, reading: str) -> int:
    """Reads one summary back and holds every figure against SQL; how many there were."""
    document = open_summary(home, catalog, code, text, reading, reader)
    annex = read_annex(document)
    last = parse_period(annex[1][2].rpartition("至")[2])  # the last reported month, where that is not the one asked for
    truth = _by_name(reader, reading, last, code, catalog.county.code)
    body = "\n".join(p.text for p in document.paragraphs)
    assert not re.search(r"[{}]|None|nan|，，|，。|：。|\bTrue\b", body), body
    checked = 0
    for said, row in read_references(document):
        name = annex[row][1]
        if name not in truth or any(word in said for word in GROWTH) or "上年同期" in said:
            continue
        value, half, bound = _value(said)
        wanted, at_least = truth[name]
        assert wanted is not None and bound == at_least and abs(value - wanted) <= half, (code, text, reading, said, name, wanted)
        checked += 1
    return checked


def test_two_hundred_summaries_agree_with_sql(demo, pack, catalog):
    places = [t.code for t in catalog.county.townships] + [catalog.county.code]
    months = [str(p)[:7] for (p,) in open_reader(demo).rows("select distinct period from submission_status order by period")]
    asked = [(demo, code, month, reading) for month in months for reading in READINGS for code in places]
    asked = [a for a in asked if not (a[3] in ("half", "statistical_year") and a[2] == months[0])] + [(pack, "420324101", "2025-12", r) for r in READINGS]
    readers, done, figures = {home.path: open_reader(home) for home in (demo, pack)}, 0, 0
    for home, code, month, reading in asked:
        try:
            figures += _check(home, catalog, readers[home.path], code, month, reading)
        except UserError as fault:  # a township that did not report that month
            assert "没有报送" in fault.message
            continue
        done += 1
    assert done >= 200 and figures > done * 25


def test_a_hostile_word_does_no_harm(pack, catalog, tmp_path):
    home = Home(shutil.copytree(pack.path, tmp_path / "home"))
    own = home.path / "wording" / TEMPLATE
    own.parent.mkdir()
    template = Document(CODE_WORDING / TEMPLATE)
    template.add_paragraph("{{ ''.__class__.__mro__ }}")
    template.save(own)
    with pytest.raises(UserError, match="总结模板"):
        open_summary(home, catalog, "420324101", "2025")
    own.write_bytes(b"not a document")
    with pytest.raises(UserError, match="总结模板"):
        open_summary(home, catalog, "420324101", "2025")


def test_the_county_s_own_template_is_used(pack, catalog, tmp_path):
    home = Home(shutil.copytree(pack.path, tmp_path / "home"))
    (home.path / "wording").mkdir()
    template = Document(CODE_WORDING / TEMPLATE)
    template.add_paragraph("抄送：{{ office }}各成员")
    template.save(home.path / "wording" / TEMPLATE)
    assert open_summary(home, catalog, "420324101", "2025").paragraphs[-1].text == "抄送：蒋家堰镇工会各成员"


def test_the_verb_writes_the_file(pack, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("UNION_BOARD_HOME", str(pack.path))
    out = tmp_path / "new" / "总结.docx"
    assert main(["summary", "--period", "2025", "--township", "龙坝镇", "-o", str(out)]) == 0
    assert "龙坝镇工会2025年工作总结" in capsys.readouterr().out and zipfile.is_zipfile(out)
    assert main(["summary", "--period", "2025", "--out", str(tmp_path / "x.pdf")]) == 2
    assert main(["summary", "--period", "2019", "--out", str(out)]) == 2


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="没有 LibreOffice")
def test_libreoffice_turns_it_into_pages(pack, catalog, tmp_path):
    path = tmp_path / "summary.docx"
    path.write_bytes(write_summary(make_draft(open_reader(pack), pack, catalog, None, "2025"), pack))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if "could not be loaded" in done.stderr + done.stdout:
        pytest.skip("LibreOffice 没有装文字处理部分（libreoffice-writer-nogui）")
    pdf = (tmp_path / "summary.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 5
