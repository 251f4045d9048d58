"use strict";
// What is known of a picture, beside it.

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
  const target = fromDisk ? "_blank" : null;
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
    make("h3", {}, "Made of"), inputsOf(picture), ...(picture.losses ? [make("h3", {}, "Final losses"), lossTable(picture)] : []),
    ...(picture.measures ? [make("h3", {}, "Measures"), rowsOf(data.measures.map((name, place) => [readable(name), spell(picture.measures[place])]))] : []), late, downloads(picture));
}

async function showDetail(place, picture, detail) {
  const curves = make("div", { class: "curves" });
  const drawn = picture.losses && detail.history.length > 1;
  place.replaceChildren(...(drawn ? [make("h3", {}, "Losses while painting"), curves] : []), make("h3", {}, "How it was made"), facts(picture, detail), settings(detail), layers(detail), hashes(detail));
  if (drawn) await drawCurves(curves, detail);
}
