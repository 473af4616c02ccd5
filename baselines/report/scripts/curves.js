
/* ---- learning curves ---- */

const AXES = {
  step: { title: "Timesteps", scale: 1, text: count },
  wall_time: { title: "Wall time (min)", scale: 1 / 60, text: (value) => value.toFixed(1) },
  episodes: { title: "Episodes", scale: 1, text: count },
};
const HUES = 8;

function style(label) {
  const place = Math.max(0, payload.labels.indexOf(label));
  return { hue: `var(--series-${place % HUES})`, dashed: place >= HUES };
}

const matches = (label) => label.toLowerCase().includes(view.curves.label.trim().toLowerCase());

/* The lines of a metric: means first, and runs by themselves where there is no mean, where they are not finished, or when asked. */
function linesOf(block, key) {
  const { axis, seeds } = view.curves;
  const { scale } = AXES[axis];
  const averaged = new Set(block.header.lines.filter((line) => line.is_mean && line.traces[key]?.[axis]).map((line) => line.label));
  return block.header.lines.flatMap((line) => {
    const trace = line.traces[key]?.[axis];
    const wanted = line.is_mean || seeds || !line.finished || !averaged.has(line.label);
    if (!trace || !wanted || !matches(line.label)) return [];
    const arrays = Object.fromEntries(Object.entries(trace.places).map(([name, place]) => [name, block.array(place)]));
    if (scale !== 1) arrays.x = arrays.x.map((value) => value * scale);
    return [{
      name: line.label, note: line.note, recorded: trace.recorded, ...style(line.label), ...arrays,
      thin: !line.is_mean && (seeds || !line.finished) && averaged.has(line.label), dotted: !line.finished,
    }];
  });
}

async function drawCurves(plot) {
  const { key } = plot.dataset;
  const section = plot.closest("[data-curves]").dataset.curves;
  const block = await unpack(`${section}-curves`);
  if (!plot.isConnected || plot.dataset.key !== key) return;
  const { axis, log } = view.curves;
  const lines = linesOf(block, key);
  const share = key.endsWith("success_rate");
  const references = block.header.references[key] ?? [];
  drawChart(plot, {
    name: `${key} against ${AXES[axis].title.toLowerCase()}`,
    axis: `${axis} ${log} ${key}`,
    lines, references,
    x: { title: AXES[axis].title, text: AXES[axis].text, log },
    y: { share, range: share ? [-0.03, 1.03] : null },
  });
  const thinned = lines.filter((line) => line.recorded > line.x.length);
  const most = thinned.reduce((best, line) => (line.recorded > best.recorded ? line : best), { recorded: 0, x: [] });
  plot.closest("figure").querySelector(".points").textContent =
    most.recorded ? `${count(most.x.length)} of ${count(most.recorded)} points` : "";
}

function redrawCurves() {
  const { env, label } = view.curves;
  for (const section of document.querySelectorAll("[data-curves]")) section.hidden = Boolean(env) && section.dataset.curves !== env;
  for (const item of document.querySelectorAll("#legend li")) item.classList.toggle("off", Boolean(label) && !matches(item.dataset.label));
  for (const plot of document.querySelectorAll("[data-curves] .plot")) if (plot.dataset.drawn != null) drawCurves(plot);
}

function mountCurves() {
  const group = document.querySelector("[data-choice=axis]");
  if (!group) return;
  press(group, view.curves.axis);
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    view.curves.axis = button.value;
    press(group, button.value);
    redrawCurves();
  });
  for (const name of ["env", "seeds", "log"]) bind(`curves-${name}`, view.curves, name, redrawCurves);
  bind("curves-label", view.curves, "label", later(redrawCurves));
  for (const select of document.querySelectorAll("[data-metric]")) {
    const plot = select.closest("figure").querySelector(".plot");
    const section = select.closest("[data-curves]").dataset.curves;
    const kept = view.curves.metrics.get(section);
    if (kept && [...select.options].some((option) => option.value === kept)) select.value = kept;
    plot.dataset.key = select.value;
    select.addEventListener("change", () => {
      view.curves.metrics.set(section, select.value);
      plot.dataset.key = select.value;
      if (plot.dataset.drawn != null) drawCurves(plot);
    });
  }
  redrawCurves();
  for (const plot of document.querySelectorAll("[data-curves] .plot")) {
    near.observe(plot);
    resized.observe(plot);
  }
}

addEventListener("beforeprint", () => document.querySelectorAll("[data-curves] .plot").forEach(drawCurves));
