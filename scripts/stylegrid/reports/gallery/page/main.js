"use strict";
// Start: the address says what is shown, and every change of it is shown again.

const LISTED = ["q", ...FIELDS, "descending"];
const THEMES = ["auto", "light", "dark"];

function show(before) {
  const relisted = !before || LISTED.some((name) => view[name] !== before[name]);
  if (relisted) shown = chosen();
  const redrawn = relisted || view.view !== before.view || MATRIX.some((name) => view[name] !== before[name]);
  if (redrawn) showFilters();
  if (relisted) keepStars();
  if (redrawn) showView();
  if (!before || ["open", "over", "artefacts"].some((name) => view[name] !== before[name])) showViewer();
}

function showView() {
  for (const id of ["grid", "matrix", "plots"]) byId(id).hidden = view.view !== id;
  byId("more").parentElement.hidden = view.view !== "grid";
  ({ matrix: showMatrix, plots: showPlots }[view.view] ?? showGrid)();
}

const nameTheme = () => { byId("theme").textContent = `Theme: ${document.documentElement.dataset.theme}`; };

byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  try { localStorage.setItem("stylegrid-theme", root.dataset.theme); } catch { /* some browsers keep nothing for pages from disk */ }
  nameTheme();
  if (view.view === "plots") showPlots();
});

// Wide pages have room for all filters; narrow ones open them on demand, or where one is in use.
const narrow = matchMedia("(max-width: 760px)");
const foldFilters = () => { byId("choices").open = !narrow.matches || FILTERS.some((name) => view[name]); };
narrow.addEventListener("change", foldFilters);

readAddress();
foldFilters();
if (!["grid", "matrix", "plots"].includes(view.view)) view.view = "grid";
fillFilters();
listenToFilters();
nameTheme();
show();
