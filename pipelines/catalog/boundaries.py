"""The townships' boundaries, where the county has a file of them: `boundaries.geojson`, in the home's catalogue or in that of the code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipelines.catalog.model import Catalog
from pipelines.home import CODE_CATALOG

FILE = "boundaries.geojson"
KEYS = ("township_code", "code", "adcode", "id")  # properties that may hold the township's code
SHAPES = ("Polygon", "MultiPolygon")
LARGEST = 8_000_000  # bytes; a county's townships need a tenth of that


@dataclass(frozen=True, slots=True)
class Boundaries:
    """`shapes` is GeoJSON whose features have the township's code as `id`; `fault` says in Chinese why there are none, or which are missing."""

    shapes: dict | None = None
    fault: str = ""
    bounds: tuple[float, float, float, float] = (0, 0, 0, 0)  # west, south, east, north
    middles: dict[str, tuple[float, float]] = field(default_factory=dict)  # code -> where its name stands


def find_boundaries(catalog: Catalog, overlay: Path | None = None) -> Boundaries:
    """The file's townships; nothing and no fault where there is no file."""
    found = stamp_boundaries(overlay)
    return _read(*found, tuple((t.code, t.name) for t in catalog.county.townships)) if found else Boundaries()


def stamp_boundaries(overlay: Path | None = None) -> tuple[Path, int, int] | None:
    """Which file they stand in, and what changes when it does; None where there is no file."""
    for folder in (overlay, CODE_CATALOG):
        if folder and (path := folder / FILE).is_file():
            stat = path.stat()
            return path, stat.st_mtime_ns, stat.st_size
    return None


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int, townships: tuple[tuple[str, str], ...]) -> Boundaries:
    if size > LARGEST:
        return Boundaries(fault=f"边界文件 {FILE} 有 {size / 1e6:.0f} MB，太大，请简化后再放")
    try:
        told = json.loads(path.read_text("utf-8-sig"))
        found = {code: f["geometry"] for f in told["features"] if (code := _code(f)) in dict(townships) and f["geometry"]["type"] in SHAPES}
        points = [p for shape in found.values() for p in _points(shape["coordinates"])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Boundaries(fault=f"边界文件 {FILE} 读不懂，请换成 GeoJSON 的要素集合")
    if not points or not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in points):
        return Boundaries(fault=f"边界文件 {FILE} 里没有本县乡镇的边界：每个要素要有乡镇代码，坐标用经纬度")
    missing = [name for code, name in townships if code not in found]
    features = [{"type": "Feature", "id": code, "properties": {}, "geometry": shape} for code, shape in found.items()]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    fault = f"边界文件里没有{'、'.join(missing)}" if missing else ""
    bounds, middles = (min(xs), min(ys), max(xs), max(ys)), {code: _middle(shape) for code, shape in found.items()}
    return Boundaries({"type": "FeatureCollection", "features": features}, fault, bounds, middles)


def _middle(shape: dict) -> tuple[float, float]:
    """The middle of the ring with the most points, by its area; the mean of its corners where it has none."""
    rings = [shape["coordinates"][0]] if shape["type"] == "Polygon" else [part[0] for part in shape["coordinates"]]
    ring = _points(max(rings, key=len))
    crosses = [(x0 * y1 - x1 * y0, x0 + x1, y0 + y1) for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True)]
    area = sum(c for c, _, _ in crosses) * 3
    if not area:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    return sum(c * x for c, x, _ in crosses) / area, sum(c * y for c, _, y in crosses) / area


def _code(feature: dict) -> str:
    told = feature.get("properties") or {}
    return str(next((told[k] for k in KEYS if told.get(k)), feature.get("id", "")))[:9]


def _points(coordinates: list) -> list[tuple[float, float]]:
    if isinstance(coordinates[0], (int, float)):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [p for part in coordinates for p in _points(part)]
