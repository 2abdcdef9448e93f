"""What real paper looks like: no heading stands at a page's foot while what it heads is on the next, and nothing short is torn."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, arrive, wait_for_charts
from tests.serve import serving

VIEWS = ["", "coverage", "relief", "rights", "safety", "services", "issues", "competition", "standards", "township", "targets"]
pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
PAIRS = """() => {
  const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().height > 0;
  const parts = [...document.querySelectorAll('[data-testid=stMainBlockContainer] :is(h1, h2, tbody tr, .card, .tile, li, .lead, .js-plotly-plot, .sources)')].filter(seen);
  let marks = 0;
  const name = (part) => {
    if (part.matches('h1, h2')) return part.innerText;
    const mark = document.createElement('h6');
    mark.textContent = `内容 ${++marks}`;
    mark.style = 'position: absolute; margin: 0; padding: 0; font-size: 1px';
    (part.querySelector('td') || part).prepend(mark);
    return mark.textContent;
  };
  const heads = parts.flatMap((part, n) => part.matches('h1, h2') && parts[n + 1] ? [[name(part), name(parts[n + 1])]] : []);
  const short = [...document.querySelectorAll('.sources, table.board:not(:has(tbody tr:nth-child(13)))')].filter(seen).map((e) => [...e.querySelectorAll('td, span')]);
  return [...heads, ...short.map((cells) => [name(cells.at(0)), name(cells.at(-1))])];
}"""  # every heading with what comes first under it, and every short table's first and last cell; a mark tells the outline of the printed page where a thing is
LINE = re.compile(rb"/Title (?:<FEFF([0-9A-F]*)>|\(([^)]*)\))\s*/Dest \[(\d+) 0 R")


@pytest.fixture(scope="module")
def paper(demo):
    """A page of the demo's board; `page.address` is the board's."""
    with serving(demo, UNION_BOARD_AHEAD="off") as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN").new_page()
        page.address = board.address
        yield page
        chromium.close()


def read_sheets(printed: bytes) -> dict[str, bytes]:
    """Heading, without blanks -> the sheet on which it stands, as the outline tells."""
    told = [(bytes.fromhex(wide.decode()).decode("utf-16-be") if wide else plain.decode(), sheet) for wide, plain, sheet in LINE.findall(printed)]
    return {"".join(name.split()): sheet for name, sheet in told}


@pytest.mark.parametrize("path", VIEWS)
def test_headings_stay_with_what_they_head_and_short_tables_whole(paper: Page, path):
    arrive(paper, f"{paper.address}/{path}")
    wait_for_charts(paper)
    pairs = [tuple("".join(name.split()) for name in pair) for pair in paper.evaluate(PAIRS)]
    sheets = read_sheets(paper.pdf(prefer_css_page_size=True, outline=True, tagged=True))
    assert len(pairs) > 1
    assert [pair for pair in pairs if len({sheets[name] for name in pair}) > 1] == []
