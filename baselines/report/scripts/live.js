
/* ---- a live page follows its runs (`palaestra watch`) ---- */

const LOOK_EVERY_MS = 2000;

/* Puts the next version in the place of this one. What the reader chose is in `view`; what else they did is kept here. */
async function follow() {
  const response = await fetch("/page", { cache: "no-store" });
  if (!response.ok) throw new Error(`/page answered ${response.status}`);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const open = [...document.querySelectorAll("main details[open][id]")].map((details) => details.id);
  const focused = document.activeElement?.closest("[id]")?.id;
  const caret = document.activeElement?.selectionStart;
  const zooms = new Map([...document.querySelectorAll("[data-curves] .plot")].filter((plot) => plot.chart?.zoom).map((plot) => [plotName(plot), plot.chart]));
  const drawn = [...document.querySelectorAll("[data-curves] .plot[data-drawn]")].map(plotName);
  const scroll = [scrollX, scrollY];
  const height = document.documentElement.scrollHeight;

  root.style.minHeight = `${height}px`; /* no jump while the page is empty */
  byId("sections").replaceWith(next.getElementById("sections"));
  document.title = next.title;
  byId("main").replaceWith(next.getElementById("main"));
  for (const plot of document.querySelectorAll("[data-curves] .plot")) {
    const kept = zooms.get(plotName(plot));
    if (kept) plot.chart = { axis: kept.axis, zoom: kept.zoom };
  }
  await mount();
  await Promise.all([...document.querySelectorAll("[data-curves] .plot")].filter((plot) => drawn.includes(plotName(plot))).map(drawCurves));
  for (const id of open) if (byId(id)) byId(id).open = true;
  const field = focused && byId(focused);
  (field?.matches("details") ? field.querySelector("summary") : field)?.focus({ preventScroll: true });
  if (caret != null && field?.setSelectionRange) field.setSelectionRange(caret, caret);
  scrollTo(...scroll);
  root.style.minHeight = "";
}

const plotName = (plot) => `${plot.closest("[data-curves]").dataset.curves} ${plot.closest("figure").querySelector("[data-metric]") ? "metric" : plot.dataset.key}`;

async function watchRuns() {
  const sign = byId("live");
  let known = root.dataset.live;
  for (;;) {
    try {
      const response = await fetch("/version", { cache: "no-store" });
      if (!response.ok) throw new Error(`/version answered ${response.status}`);
      const version = await response.text();
      if (version !== known) await follow();
      known = version;
      sign.textContent = "live";
      sign.classList.remove("lost");
    } catch {
      sign.textContent = "not connected";
      sign.classList.add("lost");
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
