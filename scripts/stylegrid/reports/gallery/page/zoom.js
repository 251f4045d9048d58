"use strict";
// How near, where and how far overlaid pictures are looked at: one lens for all that are open, kept from one to the next.
// `zoom` is 1 where a picture fills its frame; x and y are the place in the middle and `cut` the slider's, all from 0 to 1.

const FIT = { zoom: 1, x: 0.5, y: 0.5 };
const lens = { ...FIT, cut: 0 };
const between = (low, value, high) => Math.min(Math.max(value, low), high);

/** The first picture's size in its frame, its frame's, the zoom at which its pixels are the screen's, and zoom's limits. */
function measure() {
  const pair = viewer.querySelector(".pair");
  const { offsetWidth: width, offsetHeight: height, parentElement: frame } = pair;
  const actual = Number(pair.dataset.width) / width;
  return { width, height, frame, actual, limit: (zoom) => between(Math.min(1, actual), zoom, Math.max(8, 8 * actual)) };
}

/** Look elsewhere, as far as there is something to be seen there. */
function look(to) {
  if (!viewer.querySelector(".pair")) return;
  const { width, height, frame, actual, limit } = measure();
  const zoom = limit(to.zoom ?? lens.zoom);
  const [left, top] = [frame.clientWidth / width, frame.clientHeight / height].map((part) => Math.min(0.5, part / 2 / zoom));
  Object.assign(lens, to, { zoom, x: between(left, to.x ?? lens.x, 1 - left), y: between(top, to.y ?? lens.y, 1 - top) });
  const panes = viewer.querySelector(".panes");
  for (const [name, value] of Object.entries(lens)) panes.style.setProperty(`--${name}`, value);
  const how = `${zoom} ${lens.cut} ${actual}`; // a move changes nothing else
  if (panes.dataset.how !== how) showLens(panes, actual);
  panes.dataset.how = how;
}

function showLens(panes, actual) {
  panes.classList.toggle("zoomed", lens.zoom > 1);
  panes.classList.toggle("near", lens.zoom > 2 * actual); // where differences of pixels are shown as pixels
  panes.classList.toggle("comparing", lens.cut > 0 && lens.cut < 1);
  for (const over of panes.querySelectorAll(".before")) over.hidden = lens.cut === 0;
  byId("percent").textContent = `${Math.round(100 * lens.zoom / actual)} %`;
  byId("actual").setAttribute("aria-pressed", isActual(actual));
}

/** Zoom so that what is at a place of the window stays there; without one, what is in the middle. */
function zoomTo(zoom, at) {
  if (!viewer.querySelector(".pair")) return;
  const { width, height, limit } = measure();
  const to = limit(zoom);
  const shift = (offset, size) => offset / size / lens.zoom - offset / size / to;
  const box = at?.frame.getBoundingClientRect();
  const [right, down] = at ? [at.x - box.x - box.width / 2, at.y - box.y - box.height / 2] : [0, 0];
  look({ zoom: to, x: lens.x + shift(right, width), y: lens.y + shift(down, height) });
}

const zoomBy = (factor, at) => zoomTo(lens.zoom * factor, at);

/** To the picture's own pixels, or nearer where these fill the frame anyway; from there all of it. */
const toggleZoom = (at) => (lens.zoom > 1 ? look(FIT) : zoomTo(measure().actual > 1 ? measure().actual : 3, at));

const isActual = (actual) => Math.abs(lens.zoom / actual - 1) < 1e-6;

/** To one pixel of the screen for one of the picture, and back. */
const toggleActual = () => (isActual(measure().actual) ? look(FIT) : zoomTo(measure().actual));

/** Move by pixels of the window. */
function pan(right, down) {
  if (!viewer.querySelector(".pair")) return;
  const { width, height } = measure();
  look({ x: lens.x - right / width / lens.zoom, y: lens.y - down / height / lens.zoom });
}

const hands = new Map(); // where pointers are that hold a picture
let swipe = null; // where the only finger was put down

/** The middle of all hands, and how far they are apart. */
function holdOf() {
  const [xs, ys] = [[...hands.values()].map((hand) => hand.x), [...hands.values()].map((hand) => hand.y)];
  const middle = (all) => (Math.min(...all) + Math.max(...all)) / 2;
  return { x: middle(xs), y: middle(ys), apart: Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) };
}

viewer.addEventListener("pointerdown", (event) => {
  const frame = event.target.closest(".frame");
  if (!frame || event.button) return;
  hands.set(event.pointerId, { x: event.clientX, y: event.clientY });
  swipe = event.pointerType === "touch" && hands.size === 1 && lens.zoom <= 1 ? { x: event.clientX, y: event.clientY } : null;
  if (event.pointerType === "mouse") frame.setPointerCapture(event.pointerId);
});
viewer.addEventListener("pointermove", (event) => {
  if (!hands.has(event.pointerId)) return;
  const before = holdOf();
  hands.set(event.pointerId, { x: event.clientX, y: event.clientY });
  const after = holdOf();
  if (before.apart && after.apart) zoomBy(after.apart / before.apart, { ...after, frame: event.target.closest(".frame") });
  pan(after.x - before.x, after.y - before.y);
});
for (const end of ["pointerup", "pointercancel"]) {
  viewer.addEventListener(end, (event) => {
    const [right, down] = swipe ? [event.clientX - swipe.x, event.clientY - swipe.y] : [0, 0];
    if (hands.delete(event.pointerId) && end === "pointerup" && Math.abs(right) > 50 && Math.abs(down) < 60) turn(right < 0 ? 1 : -1);
    swipe = null;
  });
}
const placeOf = (event) => ({ x: event.clientX, y: event.clientY, frame: event.target.closest(".frame") });
viewer.addEventListener("dblclick", (event) => { if (event.target.closest(".frame")) toggleZoom(placeOf(event)); });
viewer.addEventListener("wheel", (event) => {
  if (!event.target.closest(".frame")) return;
  event.preventDefault();
  zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002) * (event.ctrlKey ? 5 : 1)), placeOf(event)); // a pad's pinch is a wheel with Ctrl
}, { passive: false });
new ResizeObserver(() => look({})).observe(viewer);
