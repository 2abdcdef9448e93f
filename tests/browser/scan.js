// What a person sees on a page, for test_seen.py: evaluated in the page, gives {latin, gapped, clipped, outside, overlapping}.
() => {
  const shown = (node) => {
    if (!node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const hiddenFromSight = (node) => node.closest('svg defs, style, script, noscript, [aria-hidden=true] title, [data-testid=stIconMaterial]');
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), parent = walker.currentNode.parentElement;
    if (text && !hiddenFromSight(parent) && shown(parent)) texts.push({ node: walker.currentNode, parent, text });
  }
  const spoken = [...document.querySelectorAll('[aria-label], [placeholder], [title], [alt], [data-title]')]
    .filter(shown)
    .flatMap((e) => ['aria-label', 'placeholder', 'title', 'alt', 'data-title'].map((a) => e.getAttribute(a)).filter(Boolean));
  const latin = [...new Set([...texts.map((t) => t.text), ...spoken].flatMap((t) => t.match(/[A-Za-z][A-Za-z.'-]*[A-Za-z]|[A-Za-z]{2,}/g) || []))];

  const boxOf = ({ node }) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };
  const scroller = (e) => { for (let p = e; p && p !== document.body; p = p.parentElement) { const o = getComputedStyle(p).overflowX; if ((o === 'auto' || o === 'scroll') && p.scrollWidth > p.clientWidth + 1 && p.clientWidth < innerWidth) return p; } return null; };
  const clipped = [], outside = [];
  for (const item of texts) {
    const box = boxOf(item);
    if (item.parent.closest('[data-testid=stSidebar]') && box.left < 0) continue;
    if (scroller(item.parent)) continue;
    if (box.right > innerWidth + 1 || box.left < -1) outside.push(item.text.slice(0, 40));
    for (let p = item.parent; p && p !== document.body; p = p.parentElement) {
      const style = getComputedStyle(p);
      if (style.overflowX === 'hidden' || style.overflowX === 'clip' || style.textOverflow === 'ellipsis') {
        const frame = p.getBoundingClientRect();
        if (frame.width > 1 && box.right > frame.right + 2 && box.left < frame.right) { clipped.push(item.text.slice(0, 40)); break; }
      }
    }
  }
  for (const field of document.querySelectorAll('input[type=text], input:not([type])')) if (shown(field) && field.getBoundingClientRect().right > 0 && field.scrollWidth > field.clientWidth + 1) clipped.push(field.value);
  const spots = texts.filter((t) => !t.parent.closest('[data-testid=stSidebar], [data-testid=stHeader], .modebar')).map((t) => ({ t, box: boxOf(t) })).filter((s) => s.box.width > 2 && s.box.height > 2);
  spots.sort((a, b) => a.box.top - b.box.top);
  const overlapping = [];
  for (let i = 0; i < spots.length; i++) for (let j = i + 1; j < spots.length && spots[j].box.top < spots[i].box.bottom - 4; j++) {
    const a = spots[i], b = spots[j];
    if (a.t.parent.contains(b.t.parent) || b.t.parent.contains(a.t.parent)) continue;
    const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left), high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    if (wide > 4 && high > 5 && a.t.text !== b.t.text) overlapping.push(`${a.t.text.slice(0, 24)} × ${b.t.text.slice(0, 24)}`);
  }
  const gapped = document.body.innerText.match(/.{0,12}[：，。；、！？] +\S.{0,12}/g) || [];
  return { latin, gapped, clipped, outside, overlapping };
}
