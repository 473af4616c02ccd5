
/* ---- keys ---- */

const dialog = byId("keys");
byId("keys-button").addEventListener("click", () => dialog.showModal());

/* The next or previous episode gets the focus; Enter then opens it, as it does any summary. */
function walk(step) {
  const episodes = [...document.querySelectorAll("#episodes-list > details > summary")];
  if (!episodes.length) return;
  const at = episodes.findIndex((summary) => summary.parentElement.contains(document.activeElement));
  const next = episodes[at < 0 ? 0 : Math.max(0, Math.min(episodes.length - 1, at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function goTo(link) {
  if (!link) return;
  const section = document.querySelector(link.getAttribute("href"));
  section.scrollIntoView();
  section.tabIndex = -1;
  section.focus({ preventScroll: true });
}

const KEYS = {
  "?": () => dialog.showModal(),
  "/": () => byId("episodes-search")?.focus(),
  j: () => walk(1),
  k: () => walk(-1),
  t: () => themeButton.click(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const field = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (field) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key >= "1" && event.key <= "9") return goTo(document.querySelectorAll("#sections a")[event.key - 1]);
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
