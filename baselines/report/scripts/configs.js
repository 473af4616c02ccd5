
/* ---- configurations side by side ---- */

const MOST_CONFIGS = 6;

/* The value that most of the runs have, as JSON; undefined where there is no such value. */
function usual(values) {
  const often = new Map();
  for (const value of values) often.set(value, (often.get(value) ?? 0) + 1);
  const most = Math.max(...often.values());
  const found = [...often.keys()].filter((value) => often.get(value) === most);
  return found.length === 1 ? found[0] : undefined;
}

const written = (value) => (value == null ? "–" : typeof value === "string" ? value : JSON.stringify(value));

async function renderConfigs() {
  const configs = (await unpack("all-configs")).header;
  const table = byId("configs-table");
  view.configs.chosen ??= configs.filter((config) => config.chosen).map((config) => config.key);
  const chosen = view.configs.chosen.map((key) => configs.find((config) => config.key === key)).filter(Boolean);
  offerConfigs(configs, chosen);
  const keys = [...new Set(chosen.flatMap((config) => Object.keys(config.values)))];
  const differs = new Set(keys.filter((key) => new Set(chosen.map((config) => JSON.stringify(config.values[key] ?? null))).size > 1));
  const shown = view.configs.differences && chosen.length > 1 ? keys.filter((key) => differs.has(key)) : keys;
  byId("configs-count").textContent = chosen.length > 1
    ? `${plural(differs.size, "difference")} in ${count(keys.length)} keys` : "Add a second run to see what differs.";
  const head = chosen.map((config) => make("th", { scope: "col" },
    make("span", { class: "config-name" }, make("i", { class: "swatch", style: `--hue:${style(config.label).hue}` }), config.label,
      make("button", { type: "button", class: "remove", value: config.key, "aria-label": `Remove ${config.label}, seed ${config.seed}`, title: "Remove" }, "×")),
    make("small", {}, config.env_id), make("small", {}, `seed ${config.seed}`, config.status === "finished" ? "" : `, ${config.status}`)));
  const rows = shown.map((key) => {
    const values = chosen.map((config) => JSON.stringify(config.values[key] ?? null));
    const common = usual(values);
    const kinds = chosen.map((config, at) => [config.values[key] == null && "absent", values[at] !== common && "unusual"].filter(Boolean).join(" "));
    return make("tr", { class: differs.has(key) ? "differs" : null },
      make("th", { scope: "row" }, key, differs.has(key) && make("span", { class: "sr" }, " (differs)")),
      chosen.map((config, at) => make("td", { class: kinds[at] || null }, written(config.values[key]))));
  });
  const nothing = make("tr", {}, make("td", { colspan: String(chosen.length + 1), class: "note" }, chosen.length ? "These runs were made alike." : "No run is chosen."));
  table.replaceChildren(make("caption", { class: "sr" }, "Configurations of the chosen runs, key by key"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Key"), head)),
    make("tbody", {}, rows.length ? rows : nothing));
}

function offerConfigs(configs, chosen) {
  const select = byId("configs-add");
  const groups = new Map();
  for (const config of configs) {
    if (chosen.includes(config)) continue;
    if (!groups.has(config.env_id)) groups.set(config.env_id, []);
    groups.get(config.env_id).push(make("option", { value: config.key }, `${config.label}, seed ${config.seed}${config.status === "finished" ? "" : `, ${config.status}`}`));
  }
  const full = chosen.length >= MOST_CONFIGS;
  select.replaceChildren(make("option", { value: "" }, full ? `${MOST_CONFIGS} is the most` : "a run …"),
    ...[...groups].map(([env, options]) => make("optgroup", { label: env }, options)));
  select.disabled = full || !groups.size;
}

async function mountConfigs() {
  byId("configs-add").addEventListener("change", (event) => {
    if (event.target.value) view.configs.chosen.push(event.target.value);
    renderConfigs();
  });
  byId("configs-table").addEventListener("click", (event) => {
    const button = event.target.closest(".remove");
    if (!button) return;
    view.configs.chosen = view.configs.chosen.filter((key) => key !== button.value);
    renderConfigs().then(() => byId("configs-add").focus());
  });
  bind("configs-differences", view.configs, "differences", renderConfigs);
  await renderConfigs();
}
