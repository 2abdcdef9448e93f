"""The self-check of 八有 and 六会 union by union, 自评 beside 核定, and what speaks against each yes with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.cached import find_catalog
from dashboard.components.figure_link import link_html, rows_address
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.selection import Selection
from pipelines.scoring.board import Board, Claim
from pipelines.scoring.contradictions import Finding

VERDICTS = {"deny": ("red", "不予认定"), "doubt": ("amber", "存疑")}
MOST = 40  # findings listed
NOTE = "每格左为自评、右为核定：✓ 有，× 缺；红底不予认定，黄底存疑（仍算有），数字是下表的序号，“裁”是县总工会裁定；按核定项数从少到多排"


def _short(name: str) -> str:
    """`劳动<br>争议<br>调解`."""
    if name == "工会委员会":
        return "工会<br>委员会"
    plain = name.removeprefix("有").removesuffix("委员会")
    size = 2 if len(plain) % 2 == 0 else 3
    return "<br>".join(escape(plain[n : n + size]) for n in range(0, len(plain), size))


def _pair(claim: Claim, number: int | None) -> str:
    if not claim.reported:
        return "<td class=red>未自查</td>"
    marks = ["✓" if yes else "<b>×</b>" for yes in (claim.met, claim.verified)]
    told = f"自评{'有' if claim.met else '缺'}，核定{'有' if claim.verified else '缺'}"
    shade = " class=red" if claim.met and not claim.verified else " class=amber" if claim.finding and not claim.ruling else ""
    more = "<sup>裁</sup>" if claim.ruling else f"<sup>{number}</sup>" if number else ""
    return f'<td{shade}><span class="pair" role="img" aria-label="{told}">{marks[0]} {marks[1]}{more}</span></td>'


def _score(claims: Sequence[Claim]) -> str:
    met = sum(c.verified for c in claims)
    light = "green" if met == len(claims) else "amber" if met >= 0.8 * len(claims) else "red"
    return f"<td>{light_html(light, f'{met}/{len(claims)}')}</td>"


def _matrix(claims: Sequence[Claim], numbers: dict[tuple[str, str], int]) -> str:
    unions: dict[str, dict[str, Claim]] = {}
    for c in claims:
        unions.setdefault(c.union_name, {})[c.item] = c
    standards = [s for s in find_catalog().standards if s.active and s.level == "union"]
    wanted = [[i.key for i in s.items] for s in standards]
    heads = "".join(f'<th colspan="{len(s.items)}" scope="colgroup">{s.name}</th>' for s in standards) + f'<th colspan="{len(standards)}" scope="colgroup">核定</th>'
    names = "".join(f'<th scope="col" title="{escape(i.name)}">{_short(i.name)}</th>' for s in standards for i in s.items) + "".join(f'<th scope="col">{s.name}</th>' for s in standards)
    order = sorted(unions, key=lambda u: (sum(c.verified for c in unions[u].values()), u))
    body = ""
    for union in order:
        cells = "".join(_pair(unions[union][key], numbers.get((union, key))) for keys in wanted for key in keys)
        body += f"<tr><td>{escape(union)}</td>{cells}{''.join(_score([unions[union][k] for k in keys]) for keys in wanted)}</tr>"
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="表格，可左右滚动"><table class="board claims"><thead>'
        f'<tr><th rowspan="2" scope="col">工会</th>{heads}</tr><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _evidence(selection: Selection, finding: Finding) -> str:
    """The place, as a link to the rows where there are any."""
    name, rule = find_catalog().township(finding.township_code).name, finding.rule
    if not finding.source_row:
        return escape(finding.place)
    if rule.kind in ("zero", "below"):
        address = rows_address(selection, "monthly", "value", township=name, indicator_code=rule.right)
    elif rule.kind == "no_rows":
        address = rows_address(selection, rule.forms[0], township=name, union=finding.union_name, period=finding.at) if len(rule.forms) == 1 else None
    else:
        form = {"column": "register", "issue_text": "issues", "same_evidence": "standards"}[rule.kind]
        address = rows_address(selection, form, township=name, union=finding.union_name or None, **dict(finding.where))
    return link_html(escape(finding.place), address)


def _findings(selection: Selection, findings: Sequence[Finding], numbers: dict[tuple[str, str], int]) -> None:
    items = {i.key: i.name for s in find_catalog().standards for i in s.items}
    places = {t.code: t.name for t in find_catalog().county.townships}
    table = []
    for finding in findings[:MOST]:
        number = numbers.get((finding.union_name, finding.rule.claim)) if finding.union_name else None
        light, word = VERDICTS[finding.rule.verdict]
        who = escape(finding.union_name) or f"{places[finding.township_code]}（全镇）"
        table.append([str(number or "—"), who, escape(items[finding.rule.claim]), light_html(light, word), escape(finding.reason), _evidence(selection, finding)])
    with st.container(key="findings"):
        show_table(["序号", "工会", "项目", "处理", "为什么", "依据"], table, text=(0, 1, 2, 3, 4, 5))
    if len(findings) > MOST:
        st.caption(f"另有 {len(findings) - MOST} 处，选一个乡镇可以看全。")


def show_claims(selection: Selection, board: Board, township_code: str) -> None:
    """The township's matrix and the list of what speaks against it."""
    claims = [c for c in board.claims if c.township_code == township_code]
    if not claims:
        show_section("没有规范化建设自查", "名册里没有基层工会，或还没有报送自查表")
        return
    findings = [f for f in board.findings if f.township_code == township_code]
    numbers = {(f.union_name, f.rule.claim): n for n, f in enumerate((f for f in findings if f.union_name), 1)}
    denied = sum(c.met and not c.verified for c in claims)
    show_section(f"{denied} 处自评有、核定缺，{sum(f.rule.verdict == 'doubt' for f in findings)} 处存疑，都附理由" if findings or denied else "自评与核定没有不一致", NOTE)
    st.html(_matrix(claims, numbers))
    if findings:
        _findings(selection, findings, numbers)
