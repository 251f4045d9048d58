"use strict";
// A gallery that is still being painted: asked again and again whether there is more, and shown in its place.
// Pages from disk may read no file, but may load scripts, each time by another query.

const EVERY = 3000; // ms
let newest = document.querySelector("script[src^='data.js?']").src.split("?")[1];

const shapeOfList = () => JSON.stringify([data.pictures.map(({ name }) => name), data.varying, data.contents.map(({ name }) => name), data.styles.map(({ name }) => name)]);

const isReordered = (old) => shown.length !== old.length || shown.some((picture, place) => picture.name !== old[place].name);

/** Show the cards that have changed; all others stay as they are, and browsers keep what is looked at in its place. */
function renewCards(old) {
  [...byId("grid").querySelectorAll(".card")].forEach((element, place) => {
    if (JSON.stringify(shown[place]) !== JSON.stringify(old[place])) element.replaceWith(card(shown[place]));
  });
}

/** Show the page's new data where the old were: what is open, chosen, focused and scrolled to stays. */
function takeUp(before) {
  const open = JSON.stringify(opened());
  haystacks = data.pictures.map(searched);
  pictureNamed = new Map(data.pictures.map((picture) => [picture.name, picture]));
  const { summary, notice, network } = data.heading;
  byId("summary").textContent = summary;
  byId("notice").textContent = notice;
  byId("notice").hidden = !notice;
  byId("network").textContent = network && ` · ${network}`;
  if (shapeOfList() !== before) return location.reload(); // of another spreadsheet
  const [top, focused, old] = [scrollY, document.activeElement?.dataset.name, shown];
  shown = chosen();
  showFilters();
  if (view.view === "grid" && !isReordered(old)) renewCards(old);
  else {
    const count = inGrid;
    showView();
    while (view.view === "grid" && inGrid < Math.min(count, shown.length)) showGrid(inGrid);
    scrollTo(0, top);
  }
  if (!viewer.open && focused && document.activeElement?.dataset.name !== focused) buttonOf(focused)?.focus({ preventScroll: true });
  if (JSON.stringify(opened()) !== open) showViewer();
}

window.stylegridState = async ([version, stage]) => {
  const before = shapeOfList();
  if (version !== newest) {
    await load(`data.js?${version}`);
    newest = version;
    data = window.stylegridData;
    takeUp(before);
  }
  if (stage === "growing") setTimeout(ask, EVERY);
};

function ask() {
  const done = () => script.remove();
  const script = make("script", { src: `state.js?${Date.now()}`, onload: done, onerror: () => { done(); setTimeout(ask, EVERY); } });
  document.head.append(script);
}

setTimeout(ask, EVERY);
