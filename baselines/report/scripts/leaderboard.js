
/* ---- leaderboard ---- */

function drawProfile(plot) {
  return unpack("profiles").then((block) => {
    const lines = block.header[plot.dataset.profile].map(({ label, ...places }) => {
      const arrays = Object.fromEntries(Object.entries(places).map(([name, place]) => [name, block.array(place)]));
      return { name: label, note: "", ...style(label), ...arrays };
    });
    drawChart(plot, {
      name: "Performance profile", axis: "profile", lines,
      x: { title: "Normalised score", text: number },
      y: { share: true, range: [-0.03, 1.03] },
    });
  });
}

function mountLeaderboard() {
  const group = document.querySelector("[data-choice=checkpoint]");
  const show = (checkpoint) => {
    view.leaderboard.checkpoint = checkpoint;
    if (group) press(group, checkpoint);
    for (const standings of document.querySelectorAll(".standings")) standings.hidden = standings.dataset.checkpoint !== checkpoint;
  };
  if (group) {
    group.addEventListener("click", (event) => event.target.closest("button") && show(event.target.closest("button").value));
    show(view.leaderboard.checkpoint);
  }
  for (const plot of document.querySelectorAll(".profile")) {
    near.observe(plot);
    resized.observe(plot);
  }
}
