"use strict";

/* ---- what the reader has chosen; it outlives a live page's next version ---- */

const view = {
  leaderboard: { checkpoint: "agent" },
  curves: { axis: "step", env: "", label: "", seeds: false, log: false, metrics: new Map() },
  episodes: { source: null, env: "", search: "", outcome: "", verdict: "", step: null, limit: 20 },
  configs: { chosen: null, differences: true },
};

let payload;
const root = document.documentElement;
const byId = (id) => document.getElementById(id);

/* ---- elements and words ---- */

/* An element with attributes and children. Text is always text: nothing on the page is parsed as HTML. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/* The same rules as formats.py. */
function number(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (size >= 1e6) text = size.toPrecision(3).replace("e+", "e");
  else if (Number.isInteger(size) || size >= 100) text = size.toFixed(0);
  else if (size >= 0.001) text = size.toFixed(size >= 0.1 ? 2 : 3);
  else text = size.toExponential(1);
  return value < 0 ? `−${text}` : text;
}
const signed = (value) => (value > 0 ? `+${number(value)}` : number(value));
const percent = (value) => `${(100 * value).toFixed(1).replace(/\.0$/, "")}\u202f%`;
const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/* ---- choices ---- */

function press(group, value) {
  for (const button of group.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
}

/* Joins a field of the page to a property of what was chosen, both ways. */
function bind(id, chosen, property, changed) {
  const field = byId(id);
  if (!field) return;
  const kind = field.type === "checkbox" ? "checked" : "value";
  field[kind] = chosen[property];
  if (field[kind] !== chosen[property]) chosen[property] = field[kind]; /* what was chosen is gone */
  field.addEventListener(field.matches("select") ? "change" : "input", () => {
    chosen[property] = field[kind];
    changed();
  });
}

function later(work, wait = 150) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}

/* ---- light and dark ---- */

const themeButton = byId("theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);

function setTheme(name) {
  if (name) root.dataset.theme = name;
  else delete root.dataset.theme;
  themeButton.setAttribute("aria-pressed", String(isDark()));
}

/* A file opened from disk may be refused storage; the choice then lasts as long as the page. */
function storedTheme(name) {
  try {
    if (name) localStorage.setItem("palaestra-theme", name);
    return localStorage.getItem("palaestra-theme");
  } catch {
    return null;
  }
}

themeButton.addEventListener("click", () => {
  const name = isDark() ? "light" : "dark";
  storedTheme(name);
  setTheme(name);
});
prefersDark.addEventListener("change", () => setTheme(root.dataset.theme));

let themeOnScreen;
addEventListener("beforeprint", () => {
  themeOnScreen = root.dataset.theme;
  setTheme("light");
});
addEventListener("afterprint", () => setTheme(themeOnScreen));
