"""The demo county's problems and plans: found in one month, due in a later one, done in time, late, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pipelines.catalog.period import shift_period
from pipelines.demo.rows import Row

ISSUES = [
    ("会员档案尚不齐全", "自身建设", "人手不足", "逐户补建档案", "组织干事"),
    ("新业态职工入会偏少", "会员", "流动性大", "设流动服务点", "工会主席"),
    ("活动经费不足", "自身建设", "经费收缴不及时", "按月催缴", "财务干事"),
    ("隐患整改拖延", "安全生产", "企业资金紧张", "联合复查", "安全干事"),
    ("规模以上企业还有未建会的", "组织建设", "企业负责人有顾虑", "逐家走访，集中建会", "组织干事"),
    ("劳动争议调解员力量薄弱", "维权民主", "没有专职调解员", "聘请司法所人员兼任", "维权干事"),
    ("攻关竞赛立项后推进慢", "劳动竞赛", "缺少技术骨干", "请县职工技协结对指导", "生产干事"),
    ("困难职工档案更新不及时", "帮扶救助", "入户核查少", "每季度入户核查一次", "帮扶干事"),
    ("职工书屋开放时间短", "活动服务", "没有专人管理", "由志愿者轮值", "宣传干事"),
    ("小微企业安全培训覆盖面窄", "安全生产", "工学矛盾", "送课到车间", "安全干事"),
    ("职代会提案答复超期", "维权民主", "承办单位不明确", "提案交办时定人定期限", "维权干事"),
    ("村级工会示范点建设滞后", "组织建设", "场地没有落实", "与村党群服务中心共用", "工会主席"),
]
START = date(2024, 9, 1)  # problems are found from here on, whatever month the demo begins with
FOUND, SPAN = 12, 26  # how many a township finds, over how many months


@dataclass(frozen=True, slots=True)
class _Issue:
    found: date  # the month
    due: date
    begun: date
    done: date | None
    words: tuple[str, str, str, str, str]


def _issue(random: Random, words: tuple[str, str, str, str, str], number: int, quality: float) -> _Issue:
    found = shift_period(START, number * SPAN // FOUND + random.randint(0, 2))
    due = shift_period(found, random.randint(1, 4)).replace(day=random.randint(10, 28))
    begun = shift_period(found, random.randint(0, 2))
    if random.random() < 0.5 * (1 - quality):
        return _Issue(found, due, begun, None, words)
    late = random.random() < 0.6 * (1 - quality)
    done = due + timedelta(days=random.randint(5, 60) if late else -random.randint(0, 20))
    return _Issue(found, due, begun, max(done, begun), words)


def _row(issue: _Issue, month_end: date) -> Row:
    problem, domain, cause, measure, owner = issue.words
    done = issue.done if issue.done and issue.done <= month_end else None
    status = "已完成" if done else "进行中" if issue.begun <= month_end else "未开始"
    return {"problem": problem, "domain": domain, "cause": cause, "measure": measure, "owner": owner, "due": issue.due, "status": status, "done_on": done}


def issue_rows(period: date, township: str, quality: float) -> list[Row]:
    """What is on the township's list in the month: what is open, and what was closed in the same year."""
    random = Random(f"{township} issues")
    issues = [_issue(random, words, n, quality) for n, words in enumerate(random.sample(ISSUES, FOUND))]
    month_end = shift_period(period, 1) - timedelta(days=1)
    shown = [i for i in issues if i.found <= period and (i.done is None or i.done.year >= period.year)]
    return [_row(i, month_end) for i in shown]
