
/* ---- moving pictures ---- */

/* An animated image cannot be paused, so its first frame on a canvas takes its place. */
function control(movie) {
  const image = movie.querySelector("img");
  const button = movie.querySelector(".play");
  const still = make("canvas", { width: image.naturalWidth, height: image.naturalHeight, hidden: true });
  still.getContext("2d").drawImage(image, 0, 0);
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

function mountMotion() {
  for (const movie of document.querySelectorAll(".movie")) {
    const image = movie.querySelector("img");
    if (image.complete && image.naturalWidth) control(movie);
    else image.addEventListener("load", () => control(movie), { once: true });
  }
}
