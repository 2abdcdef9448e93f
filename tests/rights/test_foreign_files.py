"""A file whose cover names another township tells its sender nothing of that township."""

from __future__ import annotations

from pipelines.intake.load import check_bytes

MONTH = "2026-10"


def test_a_township_that_a_cover_names_shows_its_sender_nothing(demo, catalog):
    own, other = catalog.county.townships[:2]
    path = next((demo.demo / MONTH).glob(f"{other.name}*.xlsx"))
    seen = check_bytes(demo, catalog, path.name, path.read_bytes())
    assert any(seen.changes.values())
    refused = check_bytes(demo, catalog, path.name, path.read_bytes(), township_code=own.code)
    assert refused.status == "refused" and [p.code for p in refused.problems if p.severity == "error"] == ["contradiction"]
    assert refused.forms and not any(refused.changes.values())
    assert "上月" not in "".join(p.message for p in refused.problems)
