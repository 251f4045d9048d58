"use strict";
// Pictures ticked to be compared, in any view; at most four, or the earliest goes.

const MOST = 4;
let ticked = []; // names

function tick(name) {
  ticked = ticked.includes(name) ? ticked.filter((each) => each !== name) : [...ticked, name].slice(-MOST);
  showTicks();
}

const tickBox = (picture) => make("input", { type: "checkbox", class: "tick", tabindex: -1, title: "Compare (key C)", "data-tick": picture.name, "aria-label": `Compare ${describe(picture)}`, checked: ticked.includes(picture.name) });

function showTicks() {
  for (const box of document.querySelectorAll("[data-tick]")) box.checked = ticked.includes(box.dataset.tick);
  byId("tray").hidden = !ticked.length;
  byId("ticked").textContent = ticked.length === 1 ? "1 picture ticked; tick another to compare" : `${ticked.length} pictures ticked`;
  for (const button of document.querySelectorAll(".compare")) {
    button.hidden = ticked.length < 2;
    button.textContent = `Compare ${ticked.length}`;
  }
}

const compareButton = () => make("button", { type: "button", class: "compare", hidden: true, title: "Key V", onclick: compareTicked }, "Compare");
const compareTicked = () => ticked.length > 1 && change({ open: ticked.join("|"), over: "" });

/** A button that compares a row or column of the matrix; of more than four, those that are evenly spread over it. */
function compareLine(pictures, words) {
  const painted = pictures.filter(isPainted);
  const some = painted.length > MOST ? [0, 1, 2, 3].map((part) => painted[Math.round(part * (painted.length - 1) / 3)]) : painted;
  const name = `Compare ${some.length < painted.length ? `${MOST} of ${painted.length}: ` : ""}${words}`;
  return some.length > 1 && make("button", { type: "button", class: "line", "aria-label": name, title: name, onclick: () => openAll(some) }, "Compare");
}

document.addEventListener("change", (event) => { if (event.target.dataset.tick) tick(event.target.dataset.tick); });

/** Keys for the picture that has the focus, or is open. */
const PICTURE_KEYS = { c: tick, v: compareTicked, ...Object.fromEntries([0, ...STEPS].map((count) => [count, (name) => rate(name, count)])) };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input:not([type=checkbox], [type=range])")) return;
  const name = viewer.open ? opened()[active].name : event.target.closest("[data-name]")?.dataset.name;
  if (name || event.key === "v") PICTURE_KEYS[event.key]?.(name);
});
byId("tray").append(compareButton(), make("button", { type: "button", onclick: () => { ticked = []; showTicks(); } }, "Untick all"));
