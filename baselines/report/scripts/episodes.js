
/* ---- the episode browser ---- */

const PAGE_OF_EPISODES = 20;
let rendering = 0;

const allEpisodes = () => payload.sections.flatMap((section) => section.episodes.map((episode, index) => ({ ...episode, section, index })));
const transcriptOf = async ({ section, index }) => (await unpack(`${section.anchor}-talk`)).header[index];

function spoken(transcript) {
  const texts = transcript.turns.flatMap((turn) => [turn.observation?.shown ?? "", turn.action.shown]);
  return [...texts, transcript.final_observation?.shown ?? "", String(transcript.verdict?.detail ?? "")].join("\n").toLowerCase();
}

/* The policies of the chosen environment, in the order of the page, with how many episodes their runs recorded. */
function shownSources() {
  const sections = payload.sections.filter((section) => !view.episodes.env || section.anchor === view.episodes.env);
  const sources = sections.flatMap((section) => section.sources);
  return payload.policies.flatMap(([name, label]) => {
    const own = sources.filter((source) => source.name === name);
    return own.length ? [{ name, label, recorded: own.reduce((sum, source) => sum + source.recorded, 0) }] : [];
  });
}

function offerSources(sources) {
  const group = byId("episodes-source");
  if (!sources.some((source) => source.name === view.episodes.source)) view.episodes.source = sources[0].name;
  group.replaceChildren(...sources.map((source) => make("button", { type: "button", value: source.name }, source.label)));
  press(group, view.episodes.source);
}

function offerVerdicts(episodes) {
  const select = byId("episodes-verdict");
  const statuses = [...new Set(episodes.map((episode) => episode.status).filter(Boolean))].sort();
  if (!statuses.includes(view.episodes.verdict)) view.episodes.verdict = "";
  select.replaceChildren(make("option", { value: "" }, "All"), ...statuses.map((status) => make("option", { value: status }, status)));
  select.value = view.episodes.verdict;
  byId("episodes-verdict-field").hidden = statuses.length === 0;
}

/* Episodes of training are looked at one training step at a time. */
function offerSteps(episodes) {
  const steps = [...new Set(episodes.map((episode) => episode.step))].sort((a, b) => a - b);
  const wanted = view.episodes.source === "training" && steps.length > 0;
  byId("episodes-step-field").hidden = !wanted;
  if (!wanted) return episodes;
  if (!steps.includes(view.episodes.step)) view.episodes.step = steps.at(-1);
  const slider = byId("episodes-step");
  slider.max = steps.length - 1;
  slider.value = steps.indexOf(view.episodes.step);
  slider.steps = steps;
  slider.setAttribute("aria-valuetext", `step ${count(view.episodes.step)}`);
  byId("episodes-step-value").textContent = count(view.episodes.step);
  return episodes.filter((episode) => episode.step === view.episodes.step);
}

async function renderEpisodes() {
  const turn = ++rendering;
  const { env, outcome } = view.episodes;
  const sources = shownSources();
  if (!sources.length) return;
  offerSources(sources);
  let episodes = allEpisodes().filter((episode) => (!env || episode.section.anchor === env) && episode.source === view.episodes.source);
  offerVerdicts(episodes);
  episodes = offerSteps(episodes);
  const before = episodes.length;
  episodes = episodes.filter((episode) => (!outcome || String(episode.success) === outcome) && (!view.episodes.verdict || episode.status === view.episodes.verdict));
  const sought = view.episodes.search.trim().toLowerCase();
  if (sought) {
    const texts = await Promise.all(episodes.map(async (episode) => spoken(await transcriptOf(episode))));
    if (turn !== rendering) return; /* the reader has typed on */
    episodes = episodes.filter((_, index) => texts[index].includes(sought));
  }
  const { recorded } = sources.find((source) => source.name === view.episodes.source);
  const kept = episodes.length < before ? `${count(episodes.length)} of ${plural(before, "episode")}` : plural(before, "episode");
  byId("episodes-count").textContent = `${kept}, out of ${count(recorded)} recorded`;
  const list = byId("episodes-list");
  list.replaceChildren(...episodes.slice(0, view.episodes.limit).map((episode) => episodeItem(episode, sought)));
  byId("episodes-more").hidden = episodes.length <= view.episodes.limit;
}

function episodeItem(episode, sought) {
  const fromRun = episode.section.several && !["random", "oracle"].includes(episode.source);
  const outcome = { true: ["good", "success"], false: ["bad", "failure"] }[episode.success] ?? ["", "not judged"];
  const odd = episode.status && !["correct", "wrong"].includes(episode.status);
  const item = make("details", { class: "episode", id: episode.anchor },
    make("summary", {},
      make("span", { class: `badge ${outcome[0]}` }, outcome[1]),
      make("span", { class: "name" }, `Seed ${episode.seed ?? "–"}`,
        episode.level != null && make("span", { class: "options" }, ` level\u00a0${episode.level}`),
        odd && make("span", { class: "options" }, ` ${episode.status}`),
        payload.sections.length > 1 && !view.episodes.env && make("span", { class: "options" }, ` ${episode.section.title}`)),
      fromRun && make("span", { class: "options from" }, `${episode.label}, run seed ${episode.run_seed}`),
      make("span", { class: "turns-count" }, plural(episode.turns, "turn")),
      make("span", { class: "return" }, signed(episode.episode_return))));
  item.addEventListener("toggle", async () => {
    if (!item.open || item.querySelector(".talk")) return;
    item.append(talk(episode, await transcriptOf(episode), sought));
  });
  return item;
}

/* A link to an episode shows its policy's list and opens it. */
async function openTarget() {
  const anchor = decodeURIComponent(location.hash.slice(1));
  const episode = allEpisodes().find((other) => other.anchor === anchor);
  if (!episode) return;
  Object.assign(view.episodes, { source: episode.source, env: "", search: "", outcome: "", verdict: "", step: episode.step, limit: Infinity });
  for (const id of ["env", "search", "outcome"]) if (byId(`episodes-${id}`)) byId(`episodes-${id}`).value = "";
  await renderEpisodes();
  const item = byId(anchor);
  item.open = true;
  item.scrollIntoView();
  item.querySelector("summary").focus({ preventScroll: true });
}
addEventListener("hashchange", openTarget);

async function mountEpisodes() {
  if (!byId("episodes")) return;
  const changed = () => {
    view.episodes.limit = PAGE_OF_EPISODES;
    renderEpisodes();
  };
  byId("episodes-source").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    view.episodes.source = button.value;
    changed();
    byId("episodes-source").querySelector("[aria-pressed=true]").focus();
  });
  for (const name of ["env", "outcome"]) bind(`episodes-${name}`, view.episodes, name, changed);
  bind("episodes-search", view.episodes, "search", later(changed));
  byId("episodes-verdict").addEventListener("change", (event) => {
    view.episodes.verdict = event.target.value;
    changed();
  });
  byId("episodes-step").addEventListener("input", (event) => {
    view.episodes.step = event.target.steps[event.target.value];
    changed();
  });
  byId("episodes-more").addEventListener("click", () => {
    view.episodes.limit += 2 * PAGE_OF_EPISODES;
    renderEpisodes();
  });
  await renderEpisodes();
}
