"""How figures are written on pages: the same as in documents."""

from pipelines.reports.numbers import NO_DATA, change, count, figure, is_missing, money, percent

__all__ = ["NO_DATA", "change", "count", "figure", "is_missing", "money", "percent"]


def growth(now: object, before: object, unit: str) -> str:
    """同比: `↑ 12.3%` of sums, `↑ 0.6 个百分点` of percents, `持平`, or — where there is nothing to compare or nothing to grow from."""
    if unit == "%" or is_missing(now) or is_missing(before):
        return change(now, before, unit)
    if float(before) == 0:
        return "持平" if float(now) == 0 else "—"
    rate = (float(now) / float(before) - 1) * 100
    return "持平" if round(abs(rate), 1) == 0 else f"{'↑' if rate > 0 else '↓'} {abs(rate):,.1f}%"
