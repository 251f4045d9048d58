"use strict";
// Photographs by paintings, at one style weight.

function distance(a, b) {
  return Math.abs(Math.log(Math.max(a, 1e-12)) - Math.log(Math.max(b, 1e-12)));
}

/** Of each photograph and painting the picture of the nearest weight: "content/style" -> picture. */
function nearest(pictures, weight) {
  const cells = new Map();
  for (const picture of pictures) {
    const place = `${picture.content}/${picture.style}`;
    const rival = cells.get(place);
    if (!rival || distance(picture.weight, weight) < distance(rival.weight, weight)) cells.set(place, picture);
  }
  return cells;
}

function headCell(item, scope) {
  const images = (item.parts ?? [item]).filter((part) => part.thumbnail).map((part) => thumbnailImage(part, "", "112px"));
  return make("th", { scope }, make("span", { class: "inputs" }, ...images), item.name);
}

function matrixCell(picture, weight) {
  if (!picture) return make("td");
  const image = isPainted(picture) ? thumbnailImage(picture, "", "240px") : make("span", { class: "fault" }, picture.outcome);
  const other = picture.weight === weight ? [] : [make("small", {}, `weight ${spell(picture.weight)}`)];
  return make("td", {}, make("button", { type: "button", "data-name": picture.name, "aria-label": describe(picture), onclick: () => change({ open: picture.name }) }, image, ...other));
}

function matrixTable(pictures, weight) {
  const cells = nearest(pictures, weight);
  const used = (field) => [...new Set(pictures.map((picture) => picture[field]))].sort((a, b) => a - b);
  const [rows, columns] = [used("content"), used("style")];
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Photograph"), ...columns.map((style) => headCell(data.styles[style], "col"))));
  const body = make("tbody", {}, ...rows.map((content) => make("tr", {}, headCell(data.contents[content], "row"),
    ...columns.map((style) => matrixCell(cells.get(`${content}/${style}`), weight)))));
  return make("table", {}, head, body);
}

function weightSlider(levels) {
  const input = make("input", { type: "range", id: "at", min: 0, max: levels.length - 1, step: 1,
    oninput: () => change({ at: String(levels[Number(input.value)]) }) });
  return make("div", { class: "slide", "data-levels": levels.join() }, make("label", { for: "at" }, "Style weight"), input, make("output", { for: "at" }));
}

/** The slider for these weights: the one that is there already, which may be in somebody's hand. */
function placeSlider(levels, at) {
  const matrix = byId("matrix");
  let slider = matrix.querySelector(".slide");
  if (slider?.dataset.levels !== levels.join()) {
    slider = weightSlider(levels);
    matrix.replaceChildren(slider);
  }
  slider.hidden = levels.length === 1;
  slider.querySelector("output").textContent = spell(levels[at]);
  slider.querySelector("input").value = at;
  slider.querySelector("input").setAttribute("aria-valuetext", spell(levels[at]));
}

function showMatrix() {
  const pictures = chosen({ ...view, sort: "manifest", descending: "" }, { ignoreWeight: true });
  const levels = [...new Set(pictures.map((picture) => picture.weight))].sort((a, b) => a - b);
  if (!levels.length) return byId("matrix").replaceChildren(make("p", { class: "empty" }, "No picture is like that."));
  const wanted = view.at ? Number(view.at) : view.weight ? Number(view.weight) : levels[Math.floor((levels.length - 1) / 2)];
  const at = levels.reduce((best, level, place) => (distance(level, wanted) < distance(levels[best], wanted) ? place : best), 0);
  placeSlider(levels, at);
  const scroll = byId("matrix").querySelector(".scroll");
  const [left, top] = scroll ? [scroll.scrollLeft, scroll.scrollTop] : [0, 0];
  const table = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Photographs by paintings" }, matrixTable(pictures, levels[at]));
  if (scroll) scroll.replaceWith(table);
  else byId("matrix").append(table);
  table.scrollTo(left, top);
}
