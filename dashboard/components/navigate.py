"""Opens links between views, and clicked points of charts, without loading the program anew; Back and Forward go on working; on a phone the menu makes way for the page that was chosen in it."""

SCRIPT = """<script>
(() => {
  if (window.unionBoardLinks) return;
  window.unionBoardLinks = true;
  const elsewhere = /^\\/(files|export|login|logout|password|auth|oauth2callback|whoami|healthz|static|media|_stcore)\\b/;
  const open = address => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  };
  document.addEventListener("click", event => {
    const link = event.target.closest?.('[data-testid="stMain"] a[href^="/"]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.hasAttribute("download") || (link.target && link.target !== "_self") || elsewhere.test(link.pathname)) return;
    event.preventDefault();
    open(link.getAttribute("href"));
  });
  document.addEventListener("click", event => {
    if (innerWidth >= 768 || !event.target.closest?.('[data-testid="stSidebarNavLink"]') || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click());
  });
  const listen = event => {
    const chart = event.target.closest?.(".js-plotly-plot");
    if (!chart || !chart.on || chart.unionBoardListens) return;
    chart.unionBoardListens = true;
    const address = told => [told.points?.[0]?.customdata].flat()[0];
    const point = cursor => chart.querySelectorAll(".nsewdrag").forEach(part => part.style.cursor = cursor);
    chart.on("plotly_hover", told => point(address(told) ? "pointer" : ""));
    chart.on("plotly_unhover", () => point(""));
    chart.on("plotly_click", told => { const to = address(told); if (to && String(to).startsWith("/")) open(to); });
  };
  document.addEventListener("pointerover", listen, true);
  document.addEventListener("pointerdown", listen, true);
})();
</script>
"""
