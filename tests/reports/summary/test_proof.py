"""The checker: the seven texts against their pack, the same texts with figures altered, the writer's own drafts, and sums inside a text."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap

from pipelines.catalog.period import shift_period
from pipelines.commandline.main import main
from pipelines.demo.samples import PACK
from pipelines.faults import UserError
from pipelines.home import ROOT, Home
from pipelines.intake.draft.read import read_draft
from pipelines.intake.load import load_bytes
from pipelines.reports.nil import make_nil, nil_name
from pipelines.reports.proof.check import Checker, check_text
from pipelines.reports.proof.figures import find_blanks, find_figures
from pipelines.reports.proof.model import Finding
from pipelines.reports.proof.terms import load_terms
from pipelines.reports.summary.document.write import write_summary
from pipelines.reports.summary.draft import make_draft
from pipelines.reports.summary.facts.model import Place, Span
from pipelines.reports.summary.wording.numbers import say_value
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import Scope
from tests.reports.summary.pack import FIGURES, code_of

TEXTS = ROOT / "data" / "samples" / "seven-summaries.txt"


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    """The paragraphs of each summary that has figures."""
    parts = re.split(r"^## (篇.)$", TEXTS.read_text("utf-8"), flags=re.M)
    return {name: body.strip("\n").split("\n") for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def _check(home: Home, catalog, article: str, paragraphs: list[str]) -> list[Finding]:
    return check_text(open_reader(home), home, catalog, paragraphs, PACK[article][0], "2025")


@pytest.fixture(scope="module")
def found(pack, catalog, texts) -> dict[str, list[Finding]]:
    return {article: _check(pack, catalog, article, texts[article]) for article in PACK}


def test_all_but_a_few_of_the_forty_six_are_tied_and_none_is_called_wrong(found, catalog):
    tied = {(article, f.indicator) for article, findings in found.items() for f in findings if f.status == "agrees"}
    missing = [(f["article"], code_of(catalog, f)) for f in FIGURES if (f["article"], code_of(catalog, f)) not in tied]
    assert len(FIGURES) - len(missing) >= 40, missing
    assert [(a, f.text, f.expected) for a, findings in found.items() for f in findings if f.status in ("differs", "sum")] == []


def test_all_seven_at_once_against_the_county_are_not_called_wrong(pack, catalog):
    paragraphs = TEXTS.read_text("utf-8").split("\n")
    findings = check_text(open_reader(pack), pack, catalog, paragraphs, None, "2025")
    assert [(f.text, f.expected) for f in findings if f.status in ("differs", "sum")] == []
    assert len({f.indicator for f in findings if f.status == "agrees"}) >= 40
    assert next(f for f in findings if f.text == "278人次").note.startswith("这是蒋家堰镇的数据")


def test_what_the_texts_left_blank_is_named(found):
    blanks = [f.text for f in found["篇四"] if f.status == "placeholder"]
    assert len(blanks) == 12 and {"xx%", "余户", "xx人次", "xx余万元"} <= set(blanks)


def _altered(text: str, random: random.Random) -> str:
    """The same figure with another number, in the same kind of numeral."""
    if digits := re.search(r"\d+", text):
        old = int(digits[0])
        new = random.choice([n for n in (old + 1, old * 2, old + 10, old * 10, max(old - 1, 1)) if n != old])
        return text.replace(digits[0], str(new), 1)
    letters = [c for c in text if c in "二两三四五六七八九"]
    return text.replace(letters[0], {"二": "三", "两": "四", "三": "五", "四": "七", "五": "六", "六": "八"}.get(letters[0], "二"), 1) if letters else text.replace("十", "二十", 1)


@pytest.mark.parametrize("seed", range(5))
def test_thirty_altered_figures_are_named(pack, catalog, texts, found, seed):
    dice = random.Random(seed)
    spots = [(a, f) for a, findings in found.items() for f in findings if f.status == "agrees" and re.search(r"[\d二两三四五六七八九]|十余", f.text) and not re.search("达到|[共等“]|第|届|直选|示范点", f.text)]
    chosen = dice.sample(spots, 30)
    named = alarms = 0
    for article in PACK:
        paragraphs, marks = list(texts[article]), []
        for spot in sorted((f for a, f in chosen if a == article), key=lambda f: (f.paragraph, -f.start)):
            new = _altered(spot.text, dice)
            paragraphs[spot.paragraph] = paragraphs[spot.paragraph][: spot.start] + new + paragraphs[spot.paragraph][spot.end :]
            marks.append((spot.paragraph, new, spot.indicator))
        wrong = [(f.paragraph, f.text, f.indicator) for f in _check(pack, catalog, article, paragraphs) if f.status in ("differs", "sum")]
        named += sum(mark in wrong for mark in marks)
        alarms += sum(mark not in marks for mark in wrong)
    assert named >= 28 and alarms <= 2, (named, alarms)


@pytest.mark.parametrize("code", ["420324101", "420324107", None])
def test_the_writer_s_own_draft_is_not_called_wrong(pack, catalog, code):
    draft = make_draft(open_reader(pack), pack, catalog, code, "2025")
    findings = check_text(open_reader(pack), pack, catalog, draft.text().split("\n"), code, "2025")
    assert [(f.text, f.name, f.expected, f.sentence) for f in findings if f.status in ("differs", "sum")] == []
    assert sum(f.status == "agrees" for f in findings) >= 12


def test_a_month_s_own_draft_agrees_with_its_comparisons(demo, catalog):
    """Of the demo county: hundreds of figures, growth and township figures among them."""
    month = str(open_reader(demo).rows("select max(period) from submission_status")[0][0])[:7]
    draft = make_draft(open_reader(demo), demo, catalog, None, month, "year")
    findings = check_text(open_reader(demo), demo, catalog, draft.text().split("\n"), None, month, "year")
    agreed = sum(f.status == "agrees" for f in findings)
    wrong = [(f.text, f.name, f.expected, f.sentence) for f in findings if f.status in ("differs", "sum")]
    assert wrong == [] and agreed >= 80, agreed


SUMS = [
    ("发放慰问金22.68万元、慰问品折款4.61万元，合计27.22万元。", "27.29万元"),
    ("22.68 + 4.61 = 27.22", "27.29"),
    ("医疗互助收入2631760元，支出160772元，占16%。", "6.11%"),
    ("160772/2631760 = 16 %", "6.11%"),
    ("会员由1000人增加到1200人，增长25%。", "20%"),
    ("拿出14640元，为732名女职工办理保险，人均30元。", "20 元"),
    ("10 + 5×2 = 30", "20"),
]
RIGHT = ["发放慰问金22.68万元、慰问品折款4.61万元，合计27.29万元。", "160772/2631760 = 6.1%", "会员由1000人增加到1200人，增长20%。", "拿出14640元，为732名女职工办理保险，人均20元。", "支出160772元，占2631760元的6.1%。", "10+5×2=20", "100-20÷2=90"]


@pytest.mark.parametrize(("text", "right"), SUMS)
def test_what_does_not_add_up_is_told_with_the_right_sum(pack, catalog, text, right):
    wrong = [f for f in _check(pack, catalog, "篇二", [text]) if f.status == "sum"]
    assert len(wrong) == 1 and right in wrong[0].note


@pytest.mark.parametrize("text", RIGHT)
def test_what_adds_up_is_left_alone(pack, catalog, text):
    assert [f for f in _check(pack, catalog, "篇二", [text]) if f.status == "sum"] == []


@pytest.mark.parametrize(("text", "figures"), [
    ("共3,456人次、１２０余份、10万余元、十余万元、二十四个、95.8％、两名", [3456, 120, 100000, 100000, 24, 0.958, 2]),
    ("第三批评论员、一届十二次、第五届、60周年、9号产品、2025年3月5日、三个代表吗", [3]),
    ("1.2亿元，一百零五人，三万二千元", [120000000, 105, 32000]),
])  # fmt: skip
def test_which_figures_a_text_holds(text, figures):
    assert [float(f.value) for f in find_figures(0, text)] == figures


def test_which_blanks_a_text_holds():
    text = "新建xx个，××%，向余户家庭，讨回xx余万元，产品XXXXXXXXX攻关"
    assert [text[a:b] for a, b in find_blanks(text)] == ["xx个", "××%", "余户", "xx余万元"]


SPOKEN = """新发展会员{mem_new}，建会率达到{org_union_rate}。
处理劳动争议{right_dispute_in}，调解成功{right_dispute_ok}，成功率{right_dispute_rate}。
排查隐患{safe_hazard}，整改{safe_hazard_fixed}，整改率{safe_fix_rate}。
现有留守儿童{mig_child}，空巢老人{mig_elder}，常年在外务工{mig_out}。
举办职工篮球赛3场，下拨资金200万元，我县总人口36万。"""


def test_figures_as_people_speak_of_them_are_tied_and_strangers_are_not(demo, catalog):
    reader = open_reader(demo)
    month = str(reader.rows("select max(period) from submission_status")[0][0])
    rows = reader.rows("select i.indicator, i.unit, f.value from indicator_year as f join indicator as i using (indicator) where township_code = '420324' and period = $p", {"p": month})
    text = SPOKEN.format(**{code: say_value(float(value), unit) for code, unit, value in rows if value is not None})
    found = check_text(reader, demo, catalog, text.split("\n"), None, month[:7], "year")
    assert [f.indicator for f in found if f.status == "agrees"] == re.findall(r"{(\w+)}", SPOKEN)
    assert {f.text for f in found if f.status == "untied"} == {"3场", "200万元", "36万"} and not [f for f in found if f.status == "differs"]


def test_a_word_of_two_readings_agrees_with_either_and_a_wrong_value_is_told_with_both(demo, catalog):
    reader = open_reader(demo)
    month = str(reader.rows("select max(period) from submission_status")[0][0])
    rows = reader.rows("select indicator, value from indicator_value where township_code = '420324' and period = $p and indicator in ('mem_rate_units', 'mem_rate_all')", {"p": month})
    rate = {code: say_value(float(value), "%") for code, value in rows}
    assert rate["mem_rate_units"] != rate["mem_rate_all"]

    def check(text: str) -> list[Finding]:
        return check_text(reader, demo, catalog, [text], None, month[:7])

    for code, name, other in (("mem_rate_units", "已建会单位", "mem_rate_all"), ("mem_rate_all", "全部职工", "mem_rate_units")):
        (finding,) = check(f"全县入会率{rate[code]}。")
        assert (finding.status, finding.indicator) == ("agrees", code) and f"这是“{name}”的口径" in finding.note and rate[other] in finding.note
        assert [f.status for f in check(f"{name}入会率{rate[code]}。")] == ["agrees"] and [f.status for f in check(f"{name}入会率{rate[other]}。")] == ["differs"]
    (wrong,) = check("全县入会率12.3%。")
    assert wrong.status == "differs" and all(value in wrong.remark for value in rate.values())
    both = check(f"全县入会率{rate['mem_rate_units']}，按全部职工计算为{rate['mem_rate_all']}。")
    assert [(f.status, f.indicator) for f in both] == [("agrees", "mem_rate_units"), ("agrees", "mem_rate_all")]


def test_the_writer_s_own_draft_agrees_where_a_township_lacks_the_last_month(demo, catalog, tmp_path):
    home = Home(tmp_path / "home")
    shutil.copytree(demo.path, home.path)
    last = open_reader(home).rows("select max(period) from submission_status")[0][0]
    period = shift_period(last, 1)
    township = catalog.county.townships[0]
    load_bytes(home, catalog, nil_name(township, period), make_nil(open_reader(home), catalog, township, period), township_code=township.code, period=period)
    reader = open_reader(home)
    draft = make_draft(reader, home, catalog, None, f"{period:%Y}")
    found = check_text(reader, home, catalog, read_draft(write_summary(draft, home)), None, f"{period:%Y}")
    assert any("按时报送率" in f.sentence and "最低的是" in f.sentence and f.status == "agrees" for f in found)
    assert [(f.text, f.remark) for f in found if f.status in ("differs", "sum")] == []


def test_a_township_clerk_checks_the_own_township_only(pack, catalog):
    with pytest.raises(UserError, match="只能"):
        check_text(open_reader(pack, scope=Scope("420324107")), pack, catalog, ["77项"], "420324101", "2025")


def test_a_growth_word_against_its_sign_is_wrong(tmp_path, catalog, demo):
    month = str(open_reader(demo).rows("select max(period) from submission_status")[0][0])[:7]
    findings = check_text(open_reader(demo), demo, catalog, ["新发展会员1人，比上年同期增长20%。"], None, month)
    assert [f.status for f in findings] == ["differs", "untied"]  # three months of demo: nothing to compare with


@pytest.mark.parametrize(("reading", "word", "span"), [("statistical_year", "第四季度", ("quarter", date(2025, 12, 1))), ("statistical_year", "三季度", ("quarter", date(2026, 9, 1))), ("year", "第四季度", ("quarter", date(2026, 12, 1)))])
def test_a_quarter_of_the_statistical_year_lies_within_it(demo, catalog, reading, word, span):
    checker = Checker(open_reader(demo), catalog, load_terms(demo, catalog), Place("420324", "竹溪县", True), Span(reading, date(2026, 9, 1)))
    found = checker.span_of(f"{word}发放救助金20万元。")
    assert (found.reading, found.period) == span


def test_a_frame_is_read_once_and_what_was_moved_away_not_at_all():
    document = Document()
    box = "<w:txbxContent><w:p><w:r><w:t>发展会员1000人。</w:t></w:r></w:p></w:txbxContent>"
    frame = f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    moved = "<w:moveFrom w:id='1' w:author='a'><w:r><w:t>移走的500人</w:t></w:r></w:moveFrom><w:moveTo w:id='2' w:author='a'><w:r><w:t>移来的500人</w:t></w:r></w:moveTo>"
    spaces = f"xmlns:w='{nsmap['w']}' xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    for inside in (f"<w:r>{frame}</w:r>", moved):
        document.element.body.insert(0, parse_xml(f"<w:p {spaces}>{inside}</w:p>"))
    out = io.BytesIO()
    document.save(out)
    assert [t for t in read_draft(out.getvalue()) if t] == ["移来的500人", "发展会员1000人。"]


def _document(paragraphs: list[str]) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_the_verb_lists_and_comments_at_the_spot(pack, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("UNION_BOARD_HOME", str(pack.path))
    source, out = tmp_path / "draft.docx", tmp_path / "marked.docx"
    source.write_bytes(_document(["全年各种攻关立项78项，完成49项。", "有职工xx人。"]))
    words = ["check-text", str(source), "--period", "2025", "--township", "蒋家堰镇"]
    assert main([*words, "--annotate", str(out)]) == 1
    told = capsys.readouterr().out
    assert "[不一致] 第 1 段“78项”" in told and "数据是 77项" in told and "一致 1 处，不一致 1 处，待补充 1 处" in told
    marked = Document(out)
    assert sorted(c.text[:5] for c in marked.comments) == ["与数据不一", "这里还没有"]
    runs = [child for child in marked.paragraphs[0]._p if child.tag.endswith(("}commentRangeStart", "}r"))]
    assert runs[[r.tag.endswith("Start") for r in runs].index(True) + 1].text == "78项"
    assert main([*words, "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(f["status"], f["indicator"]) for f in findings] == [("differs", "comp_project_set"), ("agrees", "comp_project_done"), ("placeholder", "")]
    source.write_text("攻关立项77项", "gb18030")
    assert main(["check-text", str(source), "--period", "2025", "--township", "蒋家堰镇"]) == 0


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 250_000_000)
    return out.getvalue()


def _entities() -> bytes:
    source, out = io.BytesIO(_document(["x"])), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1)
            new.writestr(name, data)
    return out.getvalue()


HOSTILE = {
    "empty": (lambda: b"", "空的"), "pdf": (lambda: b"%PDF-1.7 x", "不是 Word"), "picture": (lambda: b"\x89PNG\r\n\x1a\n", "不是 Word"), "old": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "旧格式"),
    "torn": (lambda: _document(["x"])[:900], "损坏"), "bomb": (_bomb, "太大"), "entities": (_entities, "外部定义"), "long": (lambda: ("字" * 500_000).encode(), "太长"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_draft_gets_one_sentence(kind):
    make, words = HOSTILE[kind]
    with pytest.raises(UserError, match=words):
        read_draft(make())


def test_the_own_document_is_read_back_with_its_table(pack, catalog):
    draft = make_draft(open_reader(pack), pack, catalog, "420324101", "2025")
    paragraphs = read_draft(write_summary(draft, pack))
    assert "攻关立项" in paragraphs and any(p.startswith("攻关立项77项[") for p in paragraphs)
