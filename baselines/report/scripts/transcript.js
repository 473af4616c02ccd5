
/* ---- one episode from beginning to end ---- */

/* A text that was cut to length, with what is searched for marked. */
function words(text, sought = "") {
  const parts = [];
  if (!text.shown.trim()) parts.push(text.shown, make("span", { class: "left-out" }, "empty"));
  else parts.push(...marked(text.shown, sought));
  if (text.left_out) parts.push(make("span", { class: "left-out" }, ` … ${count(text.left_out)} more characters`));
  return parts;
}

function marked(text, sought) {
  if (!sought) return [text];
  const parts = [];
  const low = text.toLowerCase();
  let from = 0;
  /* a letter that changes its length with its case would shift every mark behind it */
  for (let at = low.length === text.length ? low.indexOf(sought) : -1; at >= 0; at = low.indexOf(sought, from)) {
    parts.push(text.slice(from, at), make("mark", {}, text.slice(at, at + sought.length)));
    from = at + sought.length;
  }
  return [...parts, text.slice(from)];
}

const said = (who, kind, content, extra = {}) =>
  make("div", { class: `say ${kind}` }, make("span", { class: "who" }, who), make("div", { class: "words", dir: "auto", ...extra }, content));

function rewardOf(turn, index) {
  return make("p", { class: "reward" }, make("span", { class: "sr" }, `Turn ${index + 1}, reward `), make("b", {}, signed(turn.reward)),
    turn.terms.flatMap(([name, value]) => [" ", make("span", { class: "term" }, `${name} ${signed(value)}`)]));
}

/* ---- tokens by advantage ---- */

/* Blue above zero, orange below, the page's own ground at zero; the strength grows with the square root, so that small
   advantages do not vanish beside one large one. */
function tint(advantage, scale) {
  if (!scale || !advantage) return "";
  const strength = Math.round(78 * Math.sqrt(Math.min(1, Math.abs(advantage) / scale)));
  return `background-color:color-mix(in oklab, var(--${advantage > 0 ? "above" : "below"}) ${strength}%, transparent)`;
}

function tokensOf(turn, scale, readout) {
  const spans = turn.tokens.map((token) =>
    make("span", { class: "token", style: tint(token.advantage, scale), tabindex: "-1" }, token.text || "\u2205"));
  const box = make("span", { class: "tokens", role: "group", "aria-label": `${turn.tokens.length} tokens coloured by advantage; arrow keys read them` }, spans);
  if (spans.length) spans[0].tabIndex = 0;
  const read = (span) => {
    const { text, advantage, logprob } = turn.tokens[spans.indexOf(span)];
    const chance = logprob == null ? "" : `, log-probability ${signed(logprob)} (sampled at ${percent(Math.exp(logprob))})`;
    readout.replaceChildren(make("code", {}, JSON.stringify(text)), ` advantage `, make("b", {}, signed(advantage)), chance);
  };
  box.addEventListener("pointerover", (event) => event.target.matches(".token") && read(event.target));
  box.addEventListener("focusin", (event) => event.target.matches(".token") && read(event.target));
  box.addEventListener("keydown", (event) => {
    const at = spans.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: spans.length - 1 }[event.key];
    if (at < 0 || !spans[to]) return;
    event.preventDefault();
    spans[at].tabIndex = -1;
    spans[to].tabIndex = 0;
    spans[to].focus();
  });
  return box;
}

function advantageLegend(scale) {
  return make("div", { class: "advantages" }, make("span", {}, "Advantage"), make("span", { class: "n" }, `−${number(scale)}`),
    make("i", { class: "ramp" }), make("span", { class: "n" }, `+${number(scale)}`));
}

/* ---- a conversation, or a body's steps ---- */

function conversation(transcript, scale, sought) {
  const readout = make("output", { class: "token-readout" }, "Point at a token, or walk through them with the arrow keys.");
  const hasTokens = transcript.turns.some((turn) => turn.tokens.length);
  const turns = transcript.turns.map((turn, index) => make("li", {},
    turn.observation && said("Environment", "env-says", words(turn.observation, sought)),
    said("Agent", "agent-says", turn.tokens.length ? tokensOf(turn, scale, readout) : words(turn.action, sought)),
    rewardOf(turn, index)));
  return [
    hasTokens && make("div", { class: "token-head" }, advantageLegend(scale), readout),
    make("ol", { class: "turns" }, turns),
    transcript.turns_left_out ? make("p", { class: "left-out" }, `${count(transcript.turns_left_out)} more turns`) : null,
    transcript.final_observation?.shown ? said("Environment", "env-says", words(transcript.final_observation, sought)) : null,
  ];
}

function steps(transcript, sought) {
  const sees = transcript.turns.some((turn) => turn.observation);
  const head = ["Step", sees && "Observation", "Action", "Reward", "Terms"].filter(Boolean);
  const rows = transcript.turns.map((turn, index) => make("tr", {},
    make("td", { class: "n" }, String(index + 1)),
    sees && make("td", {}, turn.observation ? words(turn.observation, sought) : ""),
    make("td", { class: "vector" }, words(turn.action, sought)),
    make("td", { class: "n" }, signed(turn.reward)),
    make("td", {}, turn.terms.flatMap(([name, value]) => [" ", make("span", { class: "term" }, `${name} ${signed(value)}`)]))));
  return make("div", { class: "steps", tabindex: "0", role: "region", "aria-label": "Steps" },
    make("table", {},
      make("thead", {}, make("tr", {}, head.map((title) => make("th", { scope: "col", class: ["Step", "Reward"].includes(title) ? "n" : null }, title)))),
      make("tbody", {}, rows)),
    transcript.turns_left_out ? make("p", { class: "left-out" }, `${count(transcript.turns_left_out)} more steps`) : null);
}

function verdictOf({ status, score, detail }, sought) {
  return make("p", { class: `verdict ${status === "correct" ? "correct" : ""}` }, "Verdict ", make("b", {}, String(status)), `, score ${number(score)}`,
    detail ? make("span", { class: "words", dir: "auto" }, marked(String(detail), sought)) : null);
}

/* The picture of an episode stands in the gallery; its transcript shows it again. */
function pictureOf(anchor) {
  const image = document.querySelector(`.movie[data-episode="${CSS.escape(anchor)}"] img`);
  return image && make("img", { class: "inline-movie", src: image.src, alt: image.alt });
}

function talk(episode, transcript, sought) {
  return make("div", { class: "talk" }, pictureOf(episode.anchor),
    transcript.speaks ? conversation(transcript, episode.scale, sought) : steps(transcript, sought),
    transcript.verdict && verdictOf(transcript.verdict, sought));
}
