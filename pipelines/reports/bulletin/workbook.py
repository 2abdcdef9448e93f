"""The one door to XlsxWriter for the bulletin: a front sheet, a sheet per part with native charts, the targets, and the returns."""

from __future__ import annotations

from io import BytesIO

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.catalog.lights import NO_DATA
from pipelines.catalog.period import name_period
from pipelines.reports.bulletin.facts import Bulletin, Line, Part
from pipelines.reports.bulletin.wording import MARKS, WORDS, tell_head, tell_part, tell_places, tell_returns
from pipelines.warehouse.decision import STATES

FONT = "微软雅黑"
COLOURS = {"green": "#17734A", "amber": "#946200", "red": "#BF2F1B", "none": "#5F6B7C"}
BLUE, GREY, LINE = "#1B4B8F", "#5F6B7C", "#DDE2E8"
HEADS = ["指标", "单位", "本月", "较上月", "较上年同月", "本年累计", "目标", "按进度应达", "达标情况"]
WIDTHS = [24, 9, 13, 13, 13, 15, 13, 13, 12]
TEXT = ("指标", "单位", "乡镇", "月份", "状态", "收到时间", "期限", "按时", "备注", "达标情况")  # heads of columns of words


class _Book:
    """A workbook with its formats, made once each."""

    def __init__(self, bulletin: Bulletin) -> None:
        self.target = BytesIO()
        self.book = Workbook(self.target, {"in_memory": True})
        self.bulletin = bulletin
        self._formats: dict[tuple, object] = {}

    def format(self, **how: object) -> object:
        """A cell format; the same one for the same words."""
        key = tuple(sorted(how.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": FONT, "font_size": 11, "valign": "vcenter"} | how)
        return self._formats[key]

    def number(self, unit: str, signed: bool = False) -> object:
        """The format of a figure in a unit, for a change with its sign."""
        plain = "0.0%" if unit == "%" else "#,##0.00" if unit.startswith("元/") else "#,##0"
        if signed:
            plain = '0.0"点"' if unit == "%" else plain
        how = f"+{plain};-{plain};{plain}" if signed else plain
        return self.format(num_format=how, border=1, border_color=LINE)

    def sheet(self, name: str, widths: list[int]) -> Worksheet:
        """A sheet for A4 across, with its title, its month, and the marks in the footer."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        mark = "演示数据　" if self.bulletin.demo else ""
        sheet.set_footer(f"&L&9{mark}{self.bulletin.title}　{self.bulletin.issue}&R&9第 &P 页，共 &N 页")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.format())
        return sheet

    def title(self, sheet: Worksheet, words: str, note: str, columns: int) -> int:
        """Writes the head; gives the first free row."""
        mark = "　【演示数据】" if self.bulletin.demo else ""
        sheet.merge_range(0, 0, 0, columns - 1, words + mark, self.format(bold=True, font_size=16, font_color=BLUE))
        sheet.merge_range(1, 0, 1, columns - 1, self.bulletin.words.say(note), self.format(font_color=GREY))
        sheet.set_row(0, 28)
        return 3

    def heads(self, sheet: Worksheet, row: int, heads: list[str], column: int = 0) -> None:
        """A row of column heads."""
        for number, head in enumerate(heads):
            sheet.write_string(row, column + number, self.bulletin.words.say(head), self.format(bold=True, bg_color="#EDF3FB", border=1, border_color=LINE, align="left" if head in TEXT else "right"))


def _change(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def _write(book: _Book, sheet: Worksheet, row: int, column: int, value: float | None, unit: str, signed: bool = False) -> None:
    if value is None:
        sheet.write_string(row, column, "—" if signed else NO_DATA, book.format(align="right", font_color=GREY, border=1, border_color=LINE))
    else:
        shown = round(value * 100, 1) + 0.0 if signed and unit == "%" else value
        sheet.write_number(row, column, shown, book.number(unit, signed))


def _write_aim(book: _Book, sheet: Worksheet, row: int, column: int, value: float | None, unit: str) -> None:
    """A target or what goes with one; most figures have none."""
    if value is None:
        sheet.write_string(row, column, "—", book.format(align="right", font_color=GREY, border=1, border_color=LINE))
    else:
        sheet.write_number(row, column, value, book.number(unit))


def _write_light(book: _Book, sheet: Worksheet, row: int, column: int, light: str) -> None:
    sheet.write_string(row, column, f"{MARKS[light]} {WORDS[light]}" if light != "none" else "—", book.format(font_color=COLOURS[light], border=1, border_color=LINE))


def _lines(book: _Book, sheet: Worksheet, row: int, lines: tuple[Line, ...]) -> int:
    text = book.format(border=1, border_color=LINE)
    book.heads(sheet, row, HEADS)
    for line in lines:
        row += 1
        name = line.name + ("（不少于）" if line.at_least or line.year_at_least else "") + ("（有订正）" if line.revised else "")
        sheet.write_string(row, 0, name, text)
        sheet.write_string(row, 1, line.unit, text)
        _write(book, sheet, row, 2, line.month, line.unit)
        _write(book, sheet, row, 3, _change(line.month_now, line.month_before), line.unit, signed=True)
        _write(book, sheet, row, 4, _change(line.year_now, line.year_before), line.unit, signed=True)
        _write(book, sheet, row, 5, line.year, line.unit)
        _write_aim(book, sheet, row, 6, line.target, line.unit)
        _write_aim(book, sheet, row, 7, line.pace, line.unit)
        _write_light(book, sheet, row, 8, line.light)
    return row + 2


def _ranking(book: _Book, sheet: Worksheet, row: int, part: Part, line: Line) -> tuple[int, int, int]:
    """Writes the townships in their order; gives the first and last row of figures and the next free row."""
    text = book.format(border=1, border_color=LINE)
    book.heads(sheet, row, ["乡镇", "名次", line.name, "达标情况"])
    first = row + 1
    for place in part.places:
        row += 1
        sheet.write_string(row, 0, place.township, text)
        sheet.write_number(row, 1, 1 + sum(_before(p.value, place.value, line) for p in part.places), text)
        sheet.write_number(row, 2, place.value, book.number(line.unit))
        _write_light(book, sheet, row, 3, place.light)
    last = row
    for name in part.without:
        row += 1
        sheet.write_string(row, 0, name, text)
        sheet.write_string(row, 1, "—", text)
        sheet.write_string(row, 2, NO_DATA, book.format(align="right", font_color=GREY, border=1, border_color=LINE))
        _write_light(book, sheet, row, 3, "none")
    return first, last, row + 2


def _before(one: float, other: float, line: Line) -> bool:
    return one < other if line.direction == "down" else one > other


def _bars(book: _Book, sheet: Worksheet, rows: tuple[int, int], line: Line, title: str, spot: str) -> None:
    chart = book.book.add_chart({"type": "bar"})
    first, last = rows
    chart.add_series({
        "name": line.name, "categories": [sheet.name, first, 0, last, 0], "values": [sheet.name, first, 2, last, 2], "fill": {"color": BLUE}, "gap": 60,
        "data_labels": {"value": True, "num_format": "0.0%" if line.unit == "%" else "#,##0", "font": {"name": FONT, "size": 9}},
    })  # fmt: skip
    _dress(chart, title)
    chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}, "line": {"none": True}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 500, "height": max(220, 20 * (last - first + 2))})
    sheet.insert_chart(spot, chart, {"description": title})


def _dress(chart: object, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"none": True}})


def _trend(book: _Book, sheet: Worksheet, row: int, part: Part, line: Line) -> None:
    """Twelve months of the leading figure as a line, and beside it as figures."""
    text = book.format(border=1, border_color=LINE)
    book.heads(sheet, row, ["月份", line.name], 6)
    for number, (period, value) in enumerate(part.trend, row + 1):
        sheet.write_string(number, 6, f"{period:%Y-%m}", text)
        sheet.write_number(number, 7, value, book.number(line.unit))
    if len(part.trend) < 2:
        return
    chart = book.book.add_chart({"type": "line"})
    last = row + len(part.trend)
    chart.add_series({
        "name": line.name, "categories": [sheet.name, row + 1, 6, last, 6], "values": [sheet.name, row + 1, 7, last, 7],
        "line": {"color": BLUE, "width": 2}, "marker": {"type": "circle", "size": 4, "fill": {"color": BLUE}, "border": {"color": BLUE}},
    })  # fmt: skip
    whole = book.bulletin.words.whole
    _dress(chart, f"{len(part.trend)} 个月{whole}{line.name}")
    chart.set_y_axis({"num_format": "0.0%" if line.unit == "%" else "#,##0", "major_gridlines": {"visible": True, "line": {"color": LINE}}, "line": {"none": True}})
    chart.set_x_axis({"num_font": {"name": FONT, "size": 9, "rotation": -45}})
    chart.set_size({"width": 540, "height": 260})
    sheet.insert_chart(row, 0, chart, {"description": f"{whole}{line.name}逐月"})


def _part(book: _Book, part: Part) -> None:
    sheet = book.sheet(part.section.title, WIDTHS)
    row = book.title(sheet, f"{part.section.title}　{book.bulletin.issue}", tell_part(part), len(HEADS))
    row = _lines(book, sheet, row, part.lines)
    if (line := part.leading) is None or not part.places:
        return
    first, last, below = _ranking(book, sheet, row, part, line)
    _bars(book, sheet, (first, last), line, book.bulletin.words.say(tell_places(part) or f"各乡镇{line.name}"), f"E{row + 1}")
    _trend(book, sheet, max(below, row + 12), part, line)


def _front(book: _Book) -> None:
    bulletin = book.bulletin
    sheet = book.sheet("通报", WIDTHS)
    row = book.title(sheet, bulletin.title, bulletin.issue, len(HEADS))
    said = [tell_head(bulletin), tell_returns(bulletin), *map(tell_part, bulletin.parts)]
    for words in said:
        sheet.merge_range(row, 0, row, len(HEADS) - 1, bulletin.words.say(words), book.format(text_wrap=True, valign="top"))
        sheet.set_row(row, 18 * (1 + len(words) // 70))
        row += 1
    row = _lines(book, sheet, row + 1, tuple(line for part in bulletin.parts for line in part.lines))
    note = f"数据版本 {bulletin.release}。较上月、较上年只比较两个月都报送的乡镇。率的变化是百分点。"
    sheet.merge_range(row, 0, row, len(HEADS) - 1, bulletin.words.say(note), book.format(font_color=GREY))


def _targets(book: _Book) -> None:
    sheet = book.sheet("目标完成", [28, 9, 15, 15, 15, 12, 12])
    row = book.title(sheet, f"目标完成情况　{book.bulletin.issue}", tell_head(book.bulletin), 7)
    book.heads(sheet, row, ["指标", "单位", "目标", "按进度应达", "现在", "完成率", "达标情况"])
    text, first = book.format(border=1, border_color=LINE), row + 1
    for line in book.bulletin.targets:
        row += 1
        sheet.write_string(row, 0, line.name + ("（不少于）" if line.aimed[1] else ""), text)
        sheet.write_string(row, 1, line.unit, text)
        sheet.write_number(row, 2, line.target, book.number(line.unit))
        _write_aim(book, sheet, row, 3, line.pace, line.unit)
        _write(book, sheet, row, 4, line.aimed[0], line.unit)
        _write_aim(book, sheet, row, 5, line.attainment, "%")
        _write_light(book, sheet, row, 6, line.light)
    if book.bulletin.targets:
        sheet.conditional_format(first, 5, row, 5, {"type": "data_bar", "bar_color": "#8AB8F5", "bar_solid": True, "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1.5})


def _returns(book: _Book) -> None:
    sheet = book.sheet("报送情况", [16, 14, 20, 12, 12, 10, 30])
    row = book.title(sheet, f"报送情况　{book.bulletin.issue}", tell_returns(book.bulletin), 7)
    book.heads(sheet, row, ["乡镇", "状态", "收到时间", "期限", "按时", "第几次", "备注"])
    text = book.format(border=1, border_color=LINE)
    for r in book.bulletin.returns:
        row += 1
        received = f"{r.received_at:%Y-%m-%d %H:%M}" if r.received_at else "—"
        notes = [w for w, so in (("补报", r.supplementary), ("迟报", r.status == "late" and not r.supplementary), ("零报告", r.nil_return), ("有订正", r.corrected)) if so]
        notes += [f"{r.open_warnings} 处提示待说明"] if r.open_warnings else []
        cells = [r.township, STATES[r.state], received, f"{r.due:%Y-%m-%d}", "—" if r.state == "missing" else "是" if r.on_time else "否", str(r.versions or "—"), "、".join(notes)]
        for column, words in enumerate(cells):
            sheet.write_string(row, column, words, text)


def make_workbook(bulletin: Bulletin) -> tuple[str, bytes]:
    """Name and content of the bulletin as .xlsx; figures are numbers, shares fractions shown as percent, and a missing one says so."""
    book = _Book(bulletin)
    _front(book)
    for part in bulletin.parts:
        _part(book, part)
    _targets(book)
    _returns(book)
    book.book.close()
    return f"{bulletin.title}{name_period(bulletin.period)}.xlsx", book.target.getvalue()
