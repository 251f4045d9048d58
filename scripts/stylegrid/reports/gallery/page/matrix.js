"use strict";
// Two axes as rows and columns; every other one stands at a value that the reader chooses, one of them by a slider.

const placesOf = (axis, pictures) => [...new Set(pictures.map(axis.placeOf))].sort((a, b) => a - b);

/** The value that most pictures have, of several the one in the middle. */
function commonest(axis, pictures) {
  const groups = groupBy(pictures, axis.placeOf);
  const most = Math.max(...[...groups.values()].map((group) => group.length));
  const best = placesOf(axis, pictures).filter((place) => groups.get(place).length === most);
  return best[Math.floor((best.length - 1) / 2)];
}

/** No picture of another photograph, painting or preset stands in for one that there isn't. */
const isStrict = (axis) => axis.items || axis.name === "preset";

/** Of every axis that is neither rows nor columns: the values that there are, and the one chosen, else the commonest
 * among pictures of the values before. */
function hold(pictures) {
  const choices = [];
  let likely = pictures;
  for (const axis of axes.filter(({ name }) => name !== view.rows && name !== view.columns)) {
    const places = placesOf(axis, pictures);
    const wanted = axis.values.indexOf(view[`at.${axis.name}`]);
    const at = places.includes(wanted) ? wanted : commonest(axis, likely);
    const ofIt = (picture) => axis.placeOf(picture) === at;
    if (isStrict(axis)) pictures = pictures.filter(ofIt);
    if (likely.some(ofIt)) likely = likely.filter(ofIt);
    choices.push({ axis, places, at });
  }
  return { pictures, choices };
}

/** How far a value is from the one chosen: 0 for itself, else 1 and, of numbers, a little for each e-fold. */
function distance({ axis, at }, picture) {
  const place = axis.placeOf(picture);
  if (place === at) return 0;
  const [a, b] = [place, at].map((each) => Math.log(Math.max(Number(axis.values[each]), 1e-12)));
  return 1 + (Number.isNaN(a - b) ? 0 : Math.abs(a - b) / 1000);
}

/** Of each row and column all pictures of the chosen values, else the one that is nearest: "row/column" -> pictures. */
function nearest(pictures, choices, rows, columns) {
  const cells = new Map();
  for (const picture of pictures) {
    const place = `${rows.placeOf(picture)}/${columns.placeOf(picture)}`;
    const far = choices.reduce((sum, choice) => sum + distance(choice, picture), 0);
    const rival = cells.get(place);
    if (!rival || far < rival.far) cells.set(place, { far, pictures: [picture] });
    else if (far === 0) rival.pictures.push(picture);
  }
  return cells;
}

function headCell(axis, place, scope, line) {
  const item = axis.items?.[place];
  const images = (item?.parts ?? [item]).filter((part) => part?.thumbnail).map((part) => thumbnailImage(part, "", "112px"));
  const words = say(axis, place);
  return make("th", { scope, "aria-label": words }, images.length ? make("span", { class: "inputs" }, ...images) : "", make("span", { class: "name" }, words), compareLine(line, words));
}

/** A picture in its cell, with what it has other than what is chosen. */
function cellButton(picture, choices) {
  const image = isPainted(picture) ? thumbnailImage(picture, "", "240px") : make("span", { class: "fault" }, outcomeOf(picture));
  const others = choices.filter(({ axis, at }) => axis.placeOf(picture) !== at).map(({ axis }) => say(axis, axis.placeOf(picture)));
  return make("button", { type: "button", "data-name": picture.name, "aria-label": labelOf(picture), onclick: () => change({ open: picture.name }) }, image, starMark(picture), others.length ? make("small", {}, others.join(", ")) : "");
}

function matrixTable(pictures, choices) {
  const [rows, columns] = [axisNamed(view.rows), axisNamed(view.columns)];
  const cells = nearest(pictures, choices, rows, columns);
  const across = placesOf(columns, pictures);
  const down = placesOf(rows, pictures);
  const at = (row, column) => cells.get(`${row}/${column}`)?.pictures ?? [];
  const cell = (row, column) => make("td", {}, ...at(row, column).flatMap((picture) => [cellButton(picture, choices), isPainted(picture) && tickBox(picture)]));
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, make("span", { class: "name" }, rows.label)), ...across.map((column) => headCell(columns, column, "col", down.flatMap((row) => at(row, column))))));
  const body = make("tbody", {}, ...down.map((row) => make("tr", {}, headCell(rows, row, "row", across.flatMap((column) => at(row, column))), ...across.map((column) => cell(row, column)))));
  return make("table", {}, head, body);
}

/** An axis taken for a role; the role that had it takes the other. */
function assign(role, name) {
  const other = ROLES.find((each) => view[each] === name);
  change({ [role]: name, ...(other && { [other]: view[role] }) });
}

const labelled = (words, select) => make("label", {}, `${words} `, select);
const chooser = (id, values, choose) => make("select", { id, onchange: (event) => choose(event.target.value) }, ...values.map(([value, text]) => make("option", { value }, text)));

function roleChoosers() {
  const named = axes.filter((axis) => several.includes(axis) || ROLES.some((role) => view[role] === axis.name)).map(({ name, label }) => [name, label]);
  return ROLES.filter((role) => view[role]).map((role) => labelled(role[0].toUpperCase() + role.slice(1), chooser(role, named, (name) => assign(role, name))));
}

const holdChoosers = (choices) => choices.map(({ axis, places }) =>
  labelled(`${axis.label} held at`, chooser(`at.${axis.name}`, places.map((place) => [axis.values[place], axis.values[place]]), (value) => change({ [`at.${axis.name}`]: value }))));

function slider({ axis, places }) {
  const input = make("input", { type: "range", id: "at", min: 0, max: places.length - 1, step: 1,
    oninput: () => change({ [`at.${axis.name}`]: axis.values[places[Number(input.value)]] }) });
  return [make("label", { for: "at" }, axis.label), input, make("output", { for: "at" })];
}

/** A part of the matrix, filled anew only if it offers something else: it may be in somebody's hand. */
function offer(part, offered, build) {
  const place = byId("matrix").querySelector(part);
  if (place.dataset.offered !== offered) place.replaceChildren(...build());
  place.dataset.offered = offered;
}

function placeControls(choices) {
  const open = choices.filter(({ places }) => places.length > 1);
  const slid = open.find(({ axis }) => axis.name === view.slider);
  const held = open.filter((choice) => choice !== slid);
  const offered = (each) => JSON.stringify(each.map(({ axis, places }) => [axis.name, places]));
  offer(".roles", ROLES.map((role) => view[role]).sort().join(), roleChoosers);
  offer(".held", offered(held), () => holdChoosers(held));
  offer(".slide", offered(slid ? [slid] : []), () => (slid ? slider(slid) : []));
  for (const role of ROLES) if (byId(role)) byId(role).value = view[role];
  for (const { axis, at } of held) byId(`at.${axis.name}`).value = axis.values[at];
  if (!slid) return;
  byId("at").value = slid.places.indexOf(slid.at);
  byId("at").setAttribute("aria-valuetext", slid.axis.values[slid.at]);
  byId("matrix").querySelector("output").textContent = slid.axis.values[slid.at];
}

function showMatrix() {
  const matrix = byId("matrix");
  const found = chosen({ ...view, sort: "manifest", descending: "" });
  if (!found.length) return matrix.replaceChildren(make("p", { class: "empty" }, "No pictures match."));
  const focused = document.activeElement?.id;
  const { pictures, choices } = hold(found);
  if (!matrix.querySelector(".roles")) matrix.replaceChildren(make("div", { class: "roles" }), make("div", { class: "held" }), make("div", { class: "slide" }));
  placeControls(choices);
  const scroll = matrix.querySelector(".scroll");
  const [left, top] = scroll ? [scroll.scrollLeft, scroll.scrollTop] : [0, 0];
  const label = `${axisNamed(view.rows).label} by ${axisNamed(view.columns).label.toLowerCase()}`;
  const table = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, matrixTable(pictures, choices));
  if (scroll) scroll.replaceWith(table);
  else matrix.append(table);
  table.scrollTo(left, top);
  if (focused && document.activeElement?.id !== focused) byId(focused)?.focus();
}
