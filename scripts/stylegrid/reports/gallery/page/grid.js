"use strict";
// The pictures in rows, some at a time.

const AT_ONCE = 60;
let inGrid = 0;

function card(picture) {
  const open = () => change({ open: picture.name });
  const told = picture.title ? differences(picture) : settingsOf(picture);
  const caption = [make("b", { dir: "auto" }, headingOf(picture)), told.length ? make("span", {}, told.join(" · ")) : ""];
  if (picture.losses) caption.push(make("span", {}, `content ${spell(picture.losses[0])} · style ${spell(picture.losses[1])}`));
  if (!["finished", "converged"].includes(picture.outcome) && picture.message) caption.push(make("span", { class: "why" }, picture.outcome === "missing" ? picture.message : reasonOf(picture)));
  const image = isPainted(picture)
    ? thumbnailImage(picture, "", "(max-width: 760px) 45vw, 300px")
    : make("span", { class: "fault" }, outcomeOf(picture));
  return make("article", { class: "card", "--shape": shapeOf(picture).toFixed(4) },
    make("button", { type: "button", onclick: open, "data-name": picture.name, "aria-label": labelOf(picture) }, image, make("span", { class: "caption" }, ...caption, starMark(picture))), isPainted(picture) && tickBox(picture));
}

function showGrid(from = 0) {
  const grid = byId("grid");
  const cards = shown.slice(from, from + AT_ONCE).map(card);
  if (from) grid.append(...cards);
  else grid.replaceChildren(...(cards.length ? cards : [make("p", { class: "empty" }, "No pictures match. Clear the filters, or search for less.")]));
  inGrid = from + cards.length;
  byId("more").hidden = inGrid >= shown.length;
  nearMore.unobserve(byId("more")); // observed anew, it is told of at once: a tall window may have room for still more
  nearMore.observe(byId("more"));
}

function showMore() {
  const first = inGrid;
  showGrid(inGrid);
  return byId("grid").children[first]?.querySelector("button");
}

byId("more").addEventListener("click", () => showMore()?.focus());
const nearMore = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting) && view.view === "grid") showMore();
}, { rootMargin: "600px" });

/** The button of a picture in what is looked at, if it is there; the grid is filled as far as it. */
function buttonOf(name) {
  const place = view.view === "grid" ? shown.findIndex((picture) => picture.name === name) : -1;
  while (inGrid <= place) showGrid(inGrid);
  return [...byId(view.view).querySelectorAll("[data-name]")].find((button) => button.dataset.name === name);
}
