"use strict";
// One picture in full, or up to four side by side; opening, turning and closing.

const viewer = byId("viewer");
let pictureNamed = new Map(data.pictures.map((picture) => [picture.name, picture]));
let active = 0; // which of the open pictures turning pages changes
let opener = null; // the name of the picture whose button gets the focus back

const opened = () => view.open.split("|").map((name) => pictureNamed.get(name)).filter(Boolean);

/** The pictures before and after one of those that are open, but for the others. */
const neighbours = (picture) => {
  const others = opened().filter((each) => each !== picture);
  const list = shown.filter((each) => !others.includes(each));
  const place = list.indexOf(picture);
  return place < 0 ? [] : [list[place - 1], list[place + 1]];
};

function bar(pictures) {
  const [before, after] = neighbours(pictures[active]);
  const single = pictures.length === 1;
  const step = (id, to, words, name) => make("button", { type: "button", id, disabled: !to, "aria-label": to ? `${name}: ${describe(to)}` : name, onclick: () => turn(id === "next" ? 1 : -1) }, words);
  return make("div", { class: "bar" }, make("h2", { id: "viewer-title", dir: "auto" }, single ? titleOf(pictures[0]) : `${pictures.length} pictures compared`),
    make("span", { class: "extra" }, single ? settingsOf(pictures[0]).join(", ") : "← and → change the marked one"),
    make("button", { type: "button", id: "play", class: "extra", title: "Key P", "aria-pressed": Boolean(slides), onclick: () => play(!slides) }, "Slideshow"),
    document.fullscreenEnabled && make("button", { type: "button", class: "extra", title: "Key F", onclick: fillScreen }, "Full screen"),
    step("previous", before, "←", "Previous picture"), step("next", after, "→", "Next picture"),
    make("button", { type: "button", id: "copy", class: "extra", onclick: copyLink }, fromDisk ? "Copy link for this computer" : "Copy link"), make("button", { type: "button", id: "close", class: "close", onclick: close, autofocus: true }, "Close"));
}

const fromDisk = location.protocol === "file:"; // where addresses name a file of this computer

async function copyLink(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = fromDisk ? "Copied: it opens on this computer" : "Copied";
  } catch {
    button.textContent = "Copy it from the address bar";
  }
}

/** Where the page was before it was opened; a link that opened it at once has no such place. */
function close() {
  if (history.state?.opened) history.back();
  else change({ open: "" });
}

function showViewer() {
  const pictures = opened();
  if (!pictures.length) {
    play(false);
    if (document.fullscreenElement) document.exitFullscreen();
    if (viewer.open) viewer.close();
    if (opener) (buttonOf(opener) ?? byId("point"))?.focus();
    opener = null;
    return;
  }
  if (!viewer.open) Object.assign(lens, FIT, { cut: view.over ? 0.5 : 0 });
  const focused = viewer.open && document.activeElement?.id;
  if (!viewer.open || pictures.length !== Number(viewer.dataset.count)) active = pictures.length - 1;
  opener = pictures[active].name;
  viewer.dataset.count = pictures.length;
  viewer.replaceChildren(bar(pictures), stage(pictures), pictures.length === 1 ? side(pictures[0]) : "");
  activate(active);
  if (byId("artefacts")) byId("artefacts").value = view.artefacts;
  showTicks();
  if (!viewer.open) viewer.showModal();
  else ([byId(focused)].find((each) => each && !each.disabled) ?? byId("close")).focus();
  look({});
  for (const next of neighbours(pictures[active])) if (next && isPainted(next)) new Image().src = address(next.view ?? next.picture);
}

const openAll = (pictures) => change({ open: pictures.map((picture) => picture.name).join("|") });

function turn(by) {
  const pictures = opened();
  const to = neighbours(pictures[active])[by < 0 ? 0 : 1];
  if (to) openAll(pictures.with(active, to));
}

const SLIDE = 4000; // ms
let slides = 0; // the timer of the slideshow, while it runs

/** Show one painted picture after the other, from the first again after the last. */
function play(on) {
  clearInterval(slides);
  slides = on && setInterval(() => {
    const painted = shown.filter(isPainted);
    openAll([painted[(painted.indexOf(opened()[0]) + 1) % painted.length]]);
  }, SLIDE);
  viewer.classList.toggle("playing", Boolean(on));
  byId("play")?.setAttribute("aria-pressed", Boolean(on));
  look({});
}

/** The whole page, since browsers take no dialog. */
const fillScreen = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());

const NUDGE = 80; // pixels of the window
const KEYS = {
  ArrowLeft: (event) => (event.shiftKey ? pan(NUDGE, 0) : turn(-1)), ArrowRight: (event) => (event.shiftKey ? pan(-NUDGE, 0) : turn(1)),
  ArrowUp: (event) => event.shiftKey && pan(0, NUDGE), ArrowDown: (event) => event.shiftKey && pan(0, -NUDGE),
  "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), z: () => toggleZoom(), b: flip, o: layOver, p: () => play(!slides), f: fillScreen,
};

viewer.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
viewer.addEventListener("keydown", (event) => {
  const arrow = event.key.startsWith("Arrow");
  if (event.ctrlKey || event.metaKey || event.altKey || (arrow && event.target.matches("input[type=range], select"))) return;
  KEYS[event.key]?.(event);
});
