
/* ---- start ---- */

async function mount() {
  payload = JSON.parse(byId("payload").textContent);
  unpacked = new Map();
  mountLeaderboard();
  mountCurves();
  mountMotion();
  await Promise.all([mountEpisodes(), mountConfigs()]);
}

setTheme(storedTheme() ?? undefined);
mount().then(() => {
  openTarget();
  performance.mark("palaestra-ready");
});
if ("live" in root.dataset) watchRuns();
