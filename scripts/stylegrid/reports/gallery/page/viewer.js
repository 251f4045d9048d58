"use strict";
// One picture in full, with everything that is known of it.

const viewer = byId("viewer");
let pictureNamed = new Map(data.pictures.map((picture) => [picture.name, picture]));
let opener = null; // the name of the picture whose button gets the focus back

const neighbours = (picture) => {
  const place = shown.indexOf(picture);
  return place < 0 ? [] : [shown[place - 1], shown[place + 1]];
};

const rowsOf = (pairs) => make("table", {}, make("tbody", {}, ...pairs
  .filter(([, value]) => value !== "" && value != null)
  .map(([name, value, changed]) => make("tr", { class: changed ? "changed" : null }, make("th", { scope: "row" }, name), make("td", {}, String(value))))));

function lossTable(picture) {
  if (!picture.losses) return "";
  return rowsOf(TERMS.map((term, index) => [index === 3 ? "total, weighted" : `${term}`, spell(picture.losses[index])]));
}

function inputsOf(picture) {
  const content = contentOf(picture);
  const figure = (item, alt, words) => make("figure", {}, item.thumbnail ? thumbnailImage(item, alt, "200px") : "", make("figcaption", {}, words));
  return make("div", { class: "inputs" }, figure(content, `The photograph ${content.name}`, `Photograph: ${content.name}`),
    ...styleOf(picture).parts.map((part) => figure(part, `The painting ${part.name}`, `Painting: ${part.name}${part.weight === 1 ? "" : `, weight ${spell(part.weight)}`}`)));
}

/** Browsers download nothing from disk, but open it: beside the page then. */
function downloads(picture) {
  const target = location.protocol === "file:" ? "_blank" : null;
  const link = (path, words) => path && make("a", { href: address(path), download: path.split("/").pop(), target }, words);
  return make("p", { class: "get" }, link(picture.picture, "Picture"), link(picture.record, "Record (JSON)"));
}

function facts(picture, detail) {
  const own = [["preset", presetOf(picture)], ["variant", picture.variant], ["outcome", reasonOf(picture)], ["size", picture.picture && `${picture.width} × ${picture.height} px`],
    ["steps", picture.steps], ["time", duration(picture.seconds)]];
  const known = detail ? [["device", [detail.device, detail.precision].filter(Boolean).join(", ")], ["network", detail.backbone], ["memory", detail.peak_memory_mb && `${Math.round(detail.peak_memory_mb)} MiB`],
    ["versions", Object.entries(detail.versions).map(([name, version]) => `${name} ${version}`).join(", ")]] : [];
  return rowsOf([...own, ...known]);
}

function settings(detail) {
  const changed = new Set(detail.changed);
  const entries = Object.entries(detail.settings).sort(([a], [b]) => changed.has(b) - changed.has(a));
  return make("details", {}, make("summary", {}, `All settings (${changed.size} other than the preset's)`), rowsOf(entries.map(([name, value]) => [name, value, changed.has(name)])));
}

const layers = (detail) => make("details", {}, make("summary", {}, "Style loss by layer"), rowsOf(Object.entries(detail.style_by_layer).map(([layer, loss]) => [layer, spell(loss)])));
const hashes = (detail) => make("details", {}, make("summary", {}, "Inputs"), rowsOf(detail.inputs.map(([path, sha256]) => [path, sha256])));

function side(picture) {
  const late = make("div");
  detailOf(picture).then((detail) => { if (detail && view.open === picture.name) showDetail(late, picture, detail); })
    .catch((error) => late.append(make("p", { class: "empty" }, `${error.message}: is the folder complete?`)));
  return make("div", { class: "side", tabindex: 0, role: "region", "aria-label": "About this picture" },
    ...(picture.notes ? [make("h3", {}, "Notes"), make("p", { class: "words", dir: "auto" }, picture.notes)] : []),
    make("h3", {}, "Made of"), inputsOf(picture), ...(picture.losses ? [make("h3", {}, "Final losses"), lossTable(picture)] : []), late, downloads(picture));
}

async function showDetail(place, picture, detail) {
  const curves = make("div", { class: "curves" });
  const drawn = picture.losses && detail.history.length > 1;
  place.replaceChildren(...(drawn ? [make("h3", {}, "Losses while painting"), curves] : []), make("h3", {}, "How it was made"), facts(picture, detail), settings(detail), layers(detail), hashes(detail));
  if (drawn) await drawCurves(curves, detail);
}

/** The picture; the photograph lies over it from the left as far as the slider says. */
function stage(picture) {
  if (!isPainted(picture)) {
    return make("div", { class: "stage" }, make("p", { class: "fault" }, reasonOf(picture)));
  }
  const content = contentOf(picture);
  const photograph = content.thumbnail && make("img", { class: "before", src: thumbnail(content.thumbnail, data.large), alt: "", hidden: true });
  const image = make("img", { src: address(picture.view ?? picture.picture), alt: describe(picture) });
  const pair = make("div", { class: "pair", "--shape": shapeOf(picture), "--cut": "0%", "--width": `${picture.width}px` }, image, photograph);
  const frame = make("div", { class: "frame", tabindex: 0, role: "region", "aria-label": "The picture" }, pair);
  return make("div", { class: "stage" }, frame, compareBar(photograph, pair, frame));
}

function compareBar(photograph, pair, frame) {
  const slide = (value) => {
    pair.style.setProperty("--cut", `${value}%`);
    pair.classList.toggle("comparing", value > 0 && value < 100);
    photograph.hidden = value === 0;
  };
  const input = make("input", { type: "range", id: "cut", min: 0, max: 100, value: 0, "aria-label": "Photograph before, painting after", oninput: () => slide(Number(input.value)) });
  const actual = make("button", { type: "button", "aria-pressed": "false", onclick: () => actual.setAttribute("aria-pressed", frame.classList.toggle("actual")) }, "Actual size");
  return make("div", { class: "compare" }, ...(photograph ? [make("label", { for: "cut" }, "Photograph ↔ painting"), input] : []), actual);
}

function bar(picture) {
  const [before, after] = neighbours(picture);
  const step = (to, words, label) => make("button", { type: "button", disabled: !to, "aria-label": label, onclick: () => change({ open: to.name }) }, words);
  return make("div", { class: "bar" }, make("h2", { id: "viewer-title", dir: "auto" }, `${titleOf(picture)}`), make("span", { class: "extra" }, settingsOf(picture).join(", ")),
    step(before, "←", "Previous picture"), step(after, "→", "Next picture"),
    make("button", { type: "button", class: "extra", onclick: copyLink }, "Copy link"), make("button", { type: "button", class: "close", onclick: close, autofocus: true }, "Close"));
}

async function copyLink(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
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
  const picture = pictureNamed.get(view.open);
  if (!picture) {
    if (viewer.open) viewer.close();
    if (opener) buttonOf(opener)?.focus();
    opener = null;
    return;
  }
  const focused = viewer.open && document.activeElement?.getAttribute("aria-label");
  opener = picture.name;
  viewer.replaceChildren(bar(picture), stage(picture), side(picture));
  if (!viewer.open) viewer.showModal();
  else ([...viewer.querySelectorAll("button:enabled")].find((button) => button.getAttribute("aria-label") === focused) ?? viewer.querySelector(".close")).focus();
  for (const next of neighbours(picture)) if (next && isPainted(next)) new Image().src = address(next.view ?? next.picture);
}

function turn(by) {
  const picture = pictureNamed.get(view.open);
  const to = picture && neighbours(picture)[by < 0 ? 0 : 1];
  if (to) change({ open: to.name });
}

viewer.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
viewer.addEventListener("keydown", (event) => {
  if (event.target.matches("input[type=range], .actual") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowLeft") turn(-1);
  if (event.key === "ArrowRight") turn(1);
});

let touch = null;
viewer.addEventListener("touchstart", (event) => {
  const inside = event.target.closest(".frame") && !event.target.closest(".actual");
  touch = inside && event.touches.length === 1 ? event.touches[0] : null;
}, { passive: true });
viewer.addEventListener("touchend", (event) => {
  const end = event.changedTouches[0];
  if (touch && Math.abs(end.clientX - touch.clientX) > 50 && Math.abs(end.clientY - touch.clientY) < 60) turn(end.clientX < touch.clientX ? 1 : -1);
  touch = null;
}, { passive: true });
