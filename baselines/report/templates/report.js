"use strict";
const payload = JSON.parse(document.getElementById("payload").textContent);
const root = document.documentElement;
const AXES = {
  step: { title: "Timesteps", scale: 1 },
  wall_time: { title: "Wall time (min)", scale: 1 / 60 },
  episodes: { title: "Episodes", scale: 1 },
};
let axis = "step";

/* ---- theme ---- */

const themeButton = document.getElementById("theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);

function setTheme(name) {
  if (name) root.dataset.theme = name;
  else delete root.dataset.theme;
  themeButton.setAttribute("aria-pressed", String(isDark()));
  drawAll();
}

/* A file opened from disk may be refused storage; the choice then lasts as long as the page. */
function stored(name) {
  try {
    if (name) localStorage.setItem("palaestra-theme", name);
    return localStorage.getItem("palaestra-theme");
  } catch {
    return null;
  }
}

themeButton.addEventListener("click", () => {
  const name = isDark() ? "light" : "dark";
  stored(name);
  setTheme(name);
});
prefersDark.addEventListener("change", () => setTheme(root.dataset.theme));

/* ---- learning curves ---- */

const plots = [...document.querySelectorAll(".plot")];
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

function translucent(hex, alpha) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function traces(lines, key, isShare) {
  const format = isShare ? ".1%" : ".4~g";
  const seen = new Set();
  return lines.flatMap((line) => {
    const data = line.data[key]?.[axis];
    if (!data) return [];
    const hue = colour(`--series-${line.group % 6}`);
    const x = data.x.map((value) => value * AXES[axis].scale);
    const legend = { legendgroup: `${line.group}`, showlegend: !seen.has(line.group) };
    seen.add(line.group);
    const name = escaped(line.name);
    const curve = {
      x, y: data.y, name, mode: data.x.length < 3 ? "lines+markers" : "lines", ...legend,
      line: { color: hue, width: line.unfinished ? 1.25 : 2, dash: line.unfinished ? "dot" : "solid" },
      hovertemplate: `%{y:${format}}<extra>${name}, ${escaped(line.note)}</extra>`,
    };
    if (!data.low) return [curve];
    const edge = { x, mode: "lines", line: { width: 0 }, hoverinfo: "skip", legendgroup: legend.legendgroup, showlegend: false };
    return [
      { ...edge, y: data.low },
      { ...edge, y: data.high, fill: "tonexty", fillcolor: translucent(hue, 0.18) },
      curve,
    ];
  });
}

/* The range of everything drawn: Plotly leaves reference lines out of its own. */
function range(drawn, references, isShare) {
  if (isShare) return [-0.03, 1.03];
  let low = Infinity;
  let high = -Infinity;
  for (const value of [...references.map((reference) => reference.value), ...drawn.flatMap((trace) => trace.y)]) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = 0.06 * (high - low) || 0.5;
  return [low - margin, high + margin];
}

function draw(plot) {
  const { section, key } = plot.dataset;
  const { lines, references } = payload[section];
  const isShare = key.endsWith("success_rate");
  const marks = references[key] ?? [];
  const drawn = traces(lines, key, isShare);
  const [low, high] = range(drawn, marks, isShare);
  const [soft, grid, ink] = ["--soft", "--grid", "--ink"].map(colour);
  const ordered = [...marks].sort((a, b) => a.value - b.value);
  const crowded = ordered.length === 2 && ordered[1].value - ordered[0].value < 0.07 * (high - low);
  const layout = {
    margin: { l: 48, r: marks.length ? 56 : 12, t: 8, b: 40 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: soft },
    hovermode: "x unified",
    hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--rule"), font: { color: ink } },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    showlegend: new Set(drawn.map((trace) => trace.legendgroup)).size > 1,
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { color: ink } },
    xaxis: { title: { text: AXES[axis].title, standoff: 8 }, gridcolor: grid, zeroline: false, linecolor: grid, rangemode: "tozero", hoverformat: axis === "wall_time" ? ".1f" : ",.0f", nticks: 6 },
    yaxis: { ticks: "outside", ticklen: 5, tickcolor: "rgba(0,0,0,0)", range: [low, high], gridcolor: grid, zeroline: false, tickformat: isShare ? ".0%" : "", nticks: 6 },
    shapes: marks.map(({ name, value }) => ({
      type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value,
      line: { color: colour(`--${name}`), width: 1.5, dash: name === "oracle" ? "dash" : "dot" },
    })),
    annotations: ordered.map(({ name, value }, index) => ({
      text: name, xref: "paper", x: 1, xanchor: "left", y: value, yanchor: "middle", xshift: 4,
      yshift: crowded ? (index ? 7 : -7) : 0, showarrow: false, font: { color: colour(`--${name}`), size: 12 },
    })),
  };
  if (!drawn.length) {
    layout.annotations.push({ text: "Not recorded on this axis", xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false });
  }
  Plotly.react(plot, drawn, layout, { responsive: true, displaylogo: false, displayModeBar: false });
  plot.dataset.drawn = "";
}

/* Curves are drawn when they come near the window: a report of many runs opens at once. */
const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    draw(target);
  }
}, { rootMargin: "600px" });

function drawAll() {
  plots.filter((plot) => "drawn" in plot.dataset).forEach(draw);
}

function choose(group, button) {
  for (const other of group.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
}

document.querySelector("[data-axis]")?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  choose(event.currentTarget, button);
  axis = button.value;
  drawAll();
});

for (const select of document.querySelectorAll("[data-metric]")) {
  const plot = select.closest("figure").querySelector(".plot");
  const show = () => {
    plot.dataset.key = select.value;
    if ("drawn" in plot.dataset) draw(plot);
  };
  select.addEventListener("change", show);
  show(); /* a reloaded page may come with the reader's last choice */
}

/* ---- transcripts ---- */

function showSource(browser, name) {
  for (const source of browser.querySelectorAll(".source")) source.hidden = source.dataset.source !== name;
}

for (const group of document.querySelectorAll("[data-sources]")) {
  const browser = group.closest(".browser");
  group.hidden = false;
  showSource(browser, group.querySelector("button").value);
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    choose(group, button);
    showSource(browser, button.value);
  });
}

/* A link to an episode shows its policy's list and opens it. */
function openTarget() {
  const episode = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!episode?.matches("details.episode")) return;
  const source = episode.closest(".source");
  source.closest(".browser").querySelector(`[data-sources] button[value="${CSS.escape(source.dataset.source)}"]`)?.click();
  episode.open = true;
  episode.scrollIntoView();
}
addEventListener("hashchange", openTarget);

/* ---- moving pictures ---- */

/* An animated image cannot be paused, so its first frame on a canvas takes its place. */
function control(movie) {
  const image = movie.querySelector("img");
  const button = movie.querySelector(".play");
  const still = document.createElement("canvas");
  [still.width, still.height] = [image.naturalWidth, image.naturalHeight];
  still.getContext("2d").drawImage(image, 0, 0);
  still.hidden = true;
  image.after(still);
  const play = (on) => {
    image.hidden = !on;
    still.hidden = on;
    button.textContent = on ? "Pause" : "Play";
  };
  button.hidden = false;
  button.addEventListener("click", () => play(image.hidden));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) play(false);
}

for (const movie of document.querySelectorAll(".movie")) {
  movie.querySelector("img").decode().then(() => control(movie), () => {});
}

/* ---- paper ---- */

let themeOnScreen;
addEventListener("beforeprint", () => {
  themeOnScreen = root.dataset.theme;
  plots.forEach((plot) => (plot.dataset.drawn = ""));
  setTheme("light");
});
addEventListener("afterprint", () => setTheme(themeOnScreen));

setTheme(stored() ?? undefined);
plots.forEach((plot) => near.observe(plot));
openTarget();
