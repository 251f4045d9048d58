"use strict";
// The form above the pictures.

const FILTERS = axes.map((axis) => axis.name);
const FIELDS = [...FILTERS, "stars", "sort"];
const CLEARED = ["q", ...FILTERS, "stars"];
let shown = chosen();

function fill(id, first, values) {
  const options = first ? [make("option", { value: "" }, first)] : [];
  byId(id).append(...options, ...values.map(([value, text]) => make("option", { value }, text)));
}

function fillFilters() {
  byId("sort").parentElement.before(...settingAxes.map(({ name, label }) => make("label", {}, `${label} `, make("select", { id: name }))));
  for (const { name, values } of axes) fill(name, "All", values.map((value) => [value, value]));
  fill("stars", "All", [...STEPS.map((count) => [String(count), `${inWords(count)}${count < 5 ? " or more" : ""}`]), ["0", inWords(0)]]);
  fill("sort", "", Object.entries(SORTS).map(([name, [text]]) => [name, text]));
}

function showFilters() {
  for (const field of FIELDS) byId(field).value = view[field];
  byId("descending").checked = Boolean(view.descending);
  if (byId("search").value !== view.q) byId("search").value = view.q;
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === view.view);
  const all = data.pictures.length;
  byId("count").textContent = `${shown.length === all ? "" : `${shown.length} of `}${all} picture${all === 1 ? "" : "s"}`;
  byId("clear").hidden = CLEARED.every((name) => !view[name]);
}

function listenToFilters() {
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const field of FIELDS) byId(field).addEventListener("change", () => change({ [field]: byId(field).value }));
  byId("search").addEventListener("input", () => change({ q: byId("search").value }));
  byId("descending").addEventListener("change", () => change({ descending: byId("descending").checked ? "1" : "" }));
  byId("clear").addEventListener("click", () => { change(Object.fromEntries(CLEARED.map((name) => [name, ""]))); byId("search").focus(); });
  for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => change({ view: button.dataset.view }));
}
