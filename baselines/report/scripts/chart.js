
/* ---- line charts, drawn as SVG; colours come from the style sheet, so light and dark need no redrawing ---- */

const SVG = "http://www.w3.org/2000/svg";
const EDGE = { left: 52, right: 14, top: 10, bottom: 40 };
const NAME_WIDTH = 50; /* of the references, right of the chart */

function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text != null) element.textContent = text;
  return element;
}

/* Round numbers that divide a range into about `wanted` steps. */
function niceTicks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step);
  return ticks;
}

function powerTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high * 1.000001; power++) {
    for (const factor of high / low > 300 ? [1] : [1, 2, 5]) {
      const tick = factor * 10 ** power;
      if (tick >= low * 0.999999 && tick <= high * 1.000001) ticks.push(tick);
    }
  }
  return ticks;
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
function tickText(value, isShare) {
  if (isShare) return `${Number((100 * value).toFixed(6))}%`;
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(0).replace("-", "−");
  const size = Math.abs(value);
  return (value < 0 ? "−" : "") + (size >= 1000 ? SHORT.format(size).replace("K", "k") : String(Number(size.toPrecision(4))));
}

/*
 * A chart in `host`. `spec` has `name` (for who cannot see it), `lines` [{name, note, hue, dashed, thin, x, y, low, high}],
 * `references` [{name, value}], `x` {title, log, text} and `y` {share, range}. Called again it draws anew, and keeps its zoom
 * as long as the axis is the same.
 */
function drawChart(host, spec) {
  host.chart = { ...spec, zoom: host.chart?.axis === spec.axis ? host.chart?.zoom : null };
  paint(host);
  if (host.dataset.drawn != null) return;
  host.dataset.drawn = "";
  host.tabIndex = 0;
  host.setAttribute("role", "group");
  host.setAttribute("aria-roledescription", "chart");
  listen(host);
}

function paint(host) {
  const { lines, references = [], x: across, y: up, zoom, name } = host.chart;
  const width = host.clientWidth;
  const height = host.clientHeight;
  const right = width - EDGE.right - (references.length ? NAME_WIDTH : 0);
  const [left, top, bottom] = [EDGE.left, EDGE.top, height - EDGE.bottom];
  host.setAttribute("aria-label", `${name}, ${plural(lines.length, "line")}. Arrow keys read it.`);
  if (right - left < 20) return;

  const seen = (value) => Number.isFinite(value) && (!across.log || value > 0);
  let [xLow, xHigh] = zoom ?? extent(lines.map((line) => line.x), seen);
  if (!zoom && !across.log && xLow > 0 && xLow < 0.5 * xHigh) xLow = 0;
  if (xLow > xHigh) [xLow, xHigh] = [across.log ? 1 : 0, 10];
  if (xLow === xHigh) [xLow, xHigh] = across.log ? [xLow / 2, xHigh * 2] : [xLow - 0.5, xHigh + 0.5];
  let [yLow, yHigh] = up.range ?? extent([...lines.flatMap((line) => [line.y, line.low ?? [], line.high ?? []]), references.map((mark) => mark.value)], Number.isFinite);
  if (!up.range) {
    if (yLow > yHigh) [yLow, yHigh] = [0, 1];
    const margin = 0.06 * (yHigh - yLow) || 0.5;
    [yLow, yHigh] = [yLow - margin, yHigh + margin];
  }
  const scale = across.log ? Math.log : (value) => value;
  const [start, end] = [scale(xLow), scale(xHigh)];
  const xAt = (value) => left + ((right - left) * (scale(value) - start)) / (end - start);
  const yAt = (value) => bottom - ((bottom - top) * (value - yLow)) / (yHigh - yLow);
  Object.assign(host.chart, { width, xAt, yAt, left, right, top, bottom, seen, valueAt: (pixel) => {
    const value = start + ((end - start) * (pixel - left)) / (right - left);
    return across.log ? Math.exp(value) : value;
  } });

  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const clip = `clip-${(drawChart.clips = (drawChart.clips ?? 0) + 1)}`;
  const frame = draw("clipPath", { id: clip });
  frame.append(draw("rect", { x: left, y: top - 4, width: right - left, height: bottom - top + 8 }));
  svg.append(frame);

  for (const value of niceTicks(yLow, yHigh, 5)) {
    svg.append(draw("line", { class: "gridline", x1: left, x2: right, y1: yAt(value), y2: yAt(value) }));
    svg.append(draw("text", { class: "tick", x: left - 8, y: yAt(value), dy: ".35em", "text-anchor": "end" }, tickText(value, up.share)));
  }
  const wanted = Math.max(2, Math.floor((right - left) / 80));
  for (const value of across.log ? powerTicks(xLow, xHigh) : niceTicks(xLow, xHigh, wanted)) {
    svg.append(draw("line", { class: "gridline", x1: xAt(value), x2: xAt(value), y1: top, y2: bottom }));
    svg.append(draw("text", { class: "tick", x: xAt(value), y: bottom + 16, "text-anchor": "middle" }, tickText(value, across.share)));
  }
  svg.append(draw("text", { class: "xtitle", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, across.title));
  drawReferences(svg, references, { left, right, yAt, span: yHigh - yLow });

  const inside = draw("g", { "clip-path": `url(#${clip})` });
  for (const line of lines) if (line.low) inside.append(band(line, xAt, yAt, seen));
  for (const line of lines) inside.append(...stroke(line, xAt, yAt, seen));
  svg.append(inside);
  if (!lines.length) {
    svg.append(draw("text", { class: "empty", x: (left + right) / 2, y: (top + bottom) / 2, "text-anchor": "middle" }, "Not recorded on this axis"));
  }
  svg.append(draw("line", { class: "cross", y1: top, y2: bottom, visibility: "hidden" }));
  svg.append(draw("rect", { class: "zoom", y: top, height: bottom - top, visibility: "hidden" }));
  host.replaceChildren(svg, make("div", { class: "readout", hidden: true, "aria-live": "polite" }));
}

function extent(lists, seen) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (!seen(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

function drawReferences(svg, references, { left, right, yAt, span }) {
  const ordered = [...references].sort((a, b) => a.value - b.value);
  const crowded = ordered.length === 2 && ordered[1].value - ordered[0].value < 0.07 * span;
  ordered.forEach(({ name, value }, index) => {
    const shift = crowded ? (index ? -7 : 7) : 0;
    const style = `--hue:var(--${name})`;
    svg.append(draw("line", { class: `reference ${name}`, style, x1: left, x2: right, y1: yAt(value), y2: yAt(value) }));
    svg.append(draw("text", { class: "reference-name", style, x: right + 6, y: yAt(value) + shift, dy: ".35em" }, name));
  });
}

const point = (x, y) => `${x.toFixed(1)},${y.toFixed(1)}`;

function band(line, xAt, yAt, seen) {
  const there = [];
  const back = [];
  for (let k = 0; k < line.x.length; k++) {
    if (!seen(line.x[k])) continue;
    there.push(point(xAt(line.x[k]), yAt(line.high[k])));
    back.push(point(xAt(line.x[k]), yAt(line.low[k])));
  }
  return draw("path", { class: "band", style: `--hue:${line.hue}`, d: there.length ? `M${there.join("L")}L${back.reverse().join("L")}Z` : "" });
}

function stroke(line, xAt, yAt, seen) {
  const at = [];
  for (let k = 0; k < line.x.length; k++) {
    if (!seen(line.x[k])) continue;
    const [x, y] = [xAt(line.x[k]), yAt(line.y[k])];
    at.push(point(x, y));
  }
  const style = `--hue:${line.hue}`;
  const kind = `line${line.thin ? " thin" : ""}${line.dashed ? " dashed" : ""}${line.dotted ? " dotted" : ""}`;
  const path = draw("path", { class: kind, style, d: at.length ? `M${at.join("L")}` : "" });
  if (at.length > 2) return [path];
  const dots = at.map((place) => draw("circle", { class: "point", style, cx: place.split(",")[0], cy: place.split(",")[1], r: 3 }));
  return [path, ...dots];
}

/* ---- reading a chart with the pointer or with the arrow keys ---- */

function nearest(xs, wanted) {
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] < wanted) low = middle;
    else high = middle;
  }
  return Math.abs(xs[low] - wanted) <= Math.abs(xs[high] - wanted) ? low : high;
}

function readAt(host, value) {
  const { lines, x: across, y: up, xAt, left, right, seen } = host.chart;
  const readout = host.querySelector(".readout");
  const cross = host.querySelector(".cross");
  const format = up.share ? percent : number;
  const named = lines.filter((line) => line.x.length).slice(0, 12);
  if (!named.length || !readout) return;
  const anchor = named.reduce((best, line) => {
    const x = line.x[nearest(line.x, value)];
    return Math.abs(x - value) < Math.abs(best - value) ? x : best;
  }, Infinity);
  if (!seen(anchor)) return;
  const rows = named.map((line) => {
    const k = nearest(line.x, anchor);
    const reach = line.low ? ` (${format(line.low[k])} to ${format(line.high[k])})` : "";
    return make("div", {}, make("i", { class: "swatch", style: `--hue:${line.hue}` }),
      make("span", {}, line.name, make("small", {}, ` ${line.note}`)), make("b", {}, format(line.y[k])), make("small", { class: "reach" }, reach));
  });
  const more = lines.length - named.length;
  readout.replaceChildren(make("p", {}, `${across.title}: ${(across.text ?? number)(anchor)}`), ...rows, more > 0 ? make("p", {}, `and ${plural(more, "more line")}`) : "");
  const at = xAt(anchor);
  cross.setAttribute("x1", at);
  cross.setAttribute("x2", at);
  cross.setAttribute("visibility", at >= left - 1 && at <= right + 1 ? "visible" : "hidden");
  readout.hidden = false;
  const half = (left + right) / 2;
  readout.style.left = at > half ? "" : `${at + 14}px`;
  readout.style.right = at > half ? `${host.clientWidth - at + 14}px` : "";
  host.chart.anchor = anchor;
}

function stopReading(host) {
  host.querySelector(".readout").hidden = true;
  host.querySelector(".cross").setAttribute("visibility", "hidden");
}

function zoomTo(host, range) {
  host.chart.zoom = range;
  paint(host);
}

function listen(host) {
  let from = null;
  const pixel = (event) => event.clientX - host.getBoundingClientRect().left;
  host.addEventListener("pointermove", (event) => {
    const { left, right, valueAt } = host.chart;
    const at = Math.min(right, Math.max(left, pixel(event)));
    if (from == null) return readAt(host, valueAt(at));
    const box = host.querySelector(".zoom");
    box.setAttribute("x", Math.min(from, at));
    box.setAttribute("width", Math.abs(at - from));
    box.setAttribute("visibility", "visible");
  });
  host.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return; /* a finger scrolls */
    from = Math.min(host.chart.right, Math.max(host.chart.left, pixel(event)));
    host.setPointerCapture(event.pointerId);
  });
  host.addEventListener("pointerup", (event) => {
    if (from == null) return;
    const { left, right, valueAt } = host.chart;
    const ends = [from, Math.min(right, Math.max(left, pixel(event)))].sort((a, b) => a - b);
    from = null;
    if (ends[1] - ends[0] > 6) zoomTo(host, ends.map(valueAt));
    else host.querySelector(".zoom").setAttribute("visibility", "hidden");
  });
  host.addEventListener("pointerleave", () => from == null && stopReading(host));
  host.addEventListener("dblclick", () => zoomTo(host, null));
  host.addEventListener("blur", () => stopReading(host));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      stopReading(host);
      if (host.chart.zoom) zoomTo(host, null);
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !host.chart.lines.length) return;
    event.preventDefault();
    const xs = host.chart.lines[0].x;
    const k = host.chart.anchor == null ? (step > 0 ? 0 : xs.length - 1) : nearest(xs, host.chart.anchor) + step;
    readAt(host, xs[Math.max(0, Math.min(xs.length - 1, k))]);
  });
}

/* Charts are drawn when they come near the window, so that a page of many opens at once, and again when their size changes. */
const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    if (target.dataset.profile) drawProfile(target);
    else drawCurves(target);
  }
}, { rootMargin: "600px" });

const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target.chart?.lines && target.clientWidth && target.clientWidth !== target.chart.width) paint(target);
});
