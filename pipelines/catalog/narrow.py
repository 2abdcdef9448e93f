"""The catalogue as one place of the home has it: the place as the county, its direct children as the townships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.catalog.load import load_catalog
from pipelines.catalog.local import Local, targets_at
from pipelines.catalog.model import Catalog, County, Peers, Township
from pipelines.catalog.places import Tree

_MOST = 64
_narrowed: dict[tuple[str, str], Catalog] = {}  # by the catalogue's sha256 and the place: making one reads every township below


def _peers(tree: Tree, common: Peers, local: dict[str, Local], code: str) -> Peers:
    """The nearest file's, and of its own groups those whose members are children of the place."""
    told = [local[p.code].peers for p in tree.path(code) if p.code in local and local[p.code].peers]
    peers, inside = told[-1] if told else common, set(tree.children.get(code, ()))
    return replace(peers, own=tuple(pair for pair in peers.own if pair[0] in inside))


def _county(catalog: Catalog, code: str) -> County:
    known = {t.code: t for t in catalog.county.townships}
    places = catalog.places.places
    children = (known.get(child) or Township(child, places[child].name) for child in catalog.places.children.get(code, ()))
    return County(code, places[code].name, tuple(children))


def _narrow(catalog: Catalog, code: str) -> Catalog:
    tree, local = catalog.places, catalog.local
    common = catalog.targets
    shipped, targets = targets_at(tree, common, local, code)
    mine = local.get(code, Local())
    changes = catalog.target_changes if code == tree.root.code and code not in local else mine.target_changes
    aliases = [a for p in tree.path(code) for a in local.get(p.code, Local()).aliases]
    return replace(
        catalog,
        county=_county(catalog, code),
        targets=targets,
        shipped_targets=catalog.shipped_targets if code == tree.root.code and code not in local else shipped,
        target_changes=changes,
        aliases=(*catalog.aliases, *aliases),
        peers=_peers(tree, catalog.peers, local, code),
        whole=catalog,
    )


def narrow_catalog(catalog: Catalog, code: str) -> Catalog:
    """The catalogue of the place; KeyError for a code that is no place. A one-county home's catalogue is the county's own."""
    whole = catalog.whole or catalog
    if not whole.places.is_deep():
        return whole
    key = (whole.sha256, code)
    if key not in _narrowed:
        if len(_narrowed) >= _MOST:
            _narrowed.clear()
        _narrowed[key] = _narrow(whole, code)
    return _narrowed[key]


def catalog_of_township(catalog: Catalog, code: str | None) -> Catalog:
    """The catalogue of the county that a township lies in; the whole one where no township is named or known."""
    whole = catalog.whole or catalog
    return narrow_catalog(whole, whole.places.county_of(code).code) if code in whole.places.places else whole


def read_as_of_now(catalog: Catalog, overlay: Path) -> Catalog:
    """The catalogue of the same place as the files have it by now: whoever waited for the writers' lock may hold an older one."""
    now = load_catalog(overlay=overlay)
    return narrow_catalog(now, catalog.county.code) if catalog.whole and catalog.county.code in now.places.places else now
