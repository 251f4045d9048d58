"use strict";
// What is known of a picture, beside it.

const rowsOf = (pairs) => make("table", {}, make("tbody", {}, ...pairs
  .filter(([, value]) => value !== "" && value != null)
  .map(([name, value, changed]) => make("tr", { class: changed ? "changed" : null }, make("th", { scope: "row" }, name), make("td", {}, String(value))))));

const lossTable = ({ losses }) => rowsOf(TERMS.map((term, index) => [index === 3 ? "total, weighted" : term, spell(losses[index])]));

function inputsOf(picture) {
  const content = contentOf(picture);
  const figure = (item, alt, words) => make("figure", {}, item.thumbnail ? thumbnailImage(item, alt, "200px") : "", make("figcaption", {}, words));
  return make("div", { class: "inputs" }, figure(content, `The photograph ${content.name}`, `Photograph: ${content.name}`),
    ...styleOf(picture).parts.map((part) => figure(part, `The painting ${part.name}`, `Painting: ${part.name}${part.weight === 1 ? "" : `, weight ${spell(part.weight)}`}`)),
    ...(picture.others ?? []).map((other) => figure(other, other.words, other.words)));
}

/** Browsers download nothing from disk, but open it: beside the page then. */
const download = (path, words) => make("a", { href: address(path), download: path.split("/").pop(), target: fromDisk ? "_blank" : null }, words);
const downloads = ({ picture, record, deep }) => picture && make("p", { class: "get" }, deep && make("a", { href: deep }, "Zoom into it"), download(picture, "Picture"), download(record, "Record (JSON)"));

function facts(picture, detail) {
  const own = [["preset", presetOf(picture)], ["variant", picture.variant], ["outcome", reasonOf(picture)], ["size", picture.picture && `${picture.width} × ${picture.height} px`],
    ["steps", picture.steps], ["time", duration(picture.seconds)]];
  const known = detail ? [["device", [detail.device, detail.precision].filter(Boolean).join(", ")], ["network", detail.backbone], ["memory", detail.peak_memory_mb && `${Math.round(detail.peak_memory_mb)} MiB`],
    ["versions", Object.entries(detail.versions).map(([name, version]) => `${name} ${version}`).join(", ")]] : [];
  return rowsOf([...own, ...known]);
}

const fold = (words, ...children) => make("details", {}, make("summary", {}, words), ...children);

function settings(detail) {
  const changed = new Set(detail.changed);
  const entries = Object.entries(detail.settings).sort(([a], [b]) => changed.has(b) - changed.has(a));
  return fold(`All settings (${changed.size} other than the preset's)`, rowsOf(entries.map(([name, value]) => [name, value, changed.has(name)])));
}

const layers = (detail) => fold("Style loss by layer", rowsOf(Object.entries(detail.style_by_layer).map(([layer, loss]) => [layer, spell(loss)])));
const hashes = (detail) => fold("Inputs", rowsOf(detail.inputs));

/** An image of a file, loaded when what it is in is unfolded; a film stands still as long as it is folded. */
const lateImage = (path, alt) => make("img", { src: address(path), alt, loading: "lazy", class: "late" });

const filmsOf = ({ films = [] }) => films.map(({ of, webp, mp4 }) => {
  const words = of === "descent" ? "Film of the descent" : `Film over the ${readable(of)}`;
  return fold(words, lateImage(webp, words), mp4 && make("p", {}, download(mp4, "MP4")));
});

const stripOf = ({ strip }) => strip && fold("Film strip", lateImage(strip, "The picture after more and more steps"), make("p", {}, download(strip, "In full")));

/** Snapshots, one at a time by a slider. */
function snapshotsOf({ snapshots }) {
  if (!snapshots) return "";
  const [image, output] = [lateImage("", ""), make("output")];
  const show = () => {
    const [step, path] = snapshots[input.value];
    image.src = address(path);
    image.alt = output.textContent = `After step ${step}`;
  };
  const input = make("input", { type: "range", min: 0, max: snapshots.length - 1, value: 0, "aria-label": "Snapshot", oninput: show });
  show();
  return fold(`Snapshots (${snapshots.length})`, image, input, output);
}

function side(picture) {
  const late = make("div");
  detailOf(picture).then((detail) => { if (detail && view.open === picture.name) showDetail(late, picture, detail); })
    .catch((error) => late.append(make("p", { class: "empty" }, `${error.message}: is the folder complete?`)));
  return make("div", { class: "side", tabindex: 0, role: "region", "aria-label": "About this picture" },
    ...(picture.notes ? [make("h3", {}, "Notes"), make("p", { class: "words", dir: "auto" }, picture.notes)] : []),
    make("h3", {}, "Made of"), inputsOf(picture), ...(picture.losses ? [make("h3", {}, "Final losses"), lossTable(picture)] : []),
    ...(picture.measures ? [make("h3", {}, "Measures"), rowsOf(data.measures.map((name, place) => [readable(name), spell(picture.measures[place])]))] : []), late, downloads(picture));
}

async function showDetail(place, picture, detail) {
  const curves = make("div", { class: "curves" });
  const drawn = picture.losses && detail.history.length > 1;
  place.replaceChildren(...(drawn ? [make("h3", {}, "Losses while painting"), curves] : []), make("h3", {}, "How it was made"), facts(picture, detail), ...filmsOf(detail), stripOf(detail), snapshotsOf(detail), settings(detail), layers(detail), hashes(detail));
  if (drawn) await drawCurves(curves, detail);
}
