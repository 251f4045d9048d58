"use strict";
// What is looked at: kept in the address, so that a link shows the same.

const START = { view: "grid", q: "", content: "", style: "", preset: "", weight: "", sort: "manifest", descending: "", at: "", open: "" };
const view = { ...START };
const watchers = [];

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(START)) view[name] = given.get(name) ?? START[name];
}

function addressOf(state) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value !== START[name]) given.set(name, value);
  return `#${given}`;
}

/** Change what is looked at; opening and closing a picture can be undone by the browser's Back. */
function change(changes) {
  const before = { ...view };
  Object.assign(view, changes);
  const opens = Boolean(view.open) && !before.open;
  const opened = opens || Boolean(view.open && history.state?.opened);
  history[opens ? "pushState" : "replaceState"]({ opened }, "", addressOf(view));
  for (const watch of watchers) watch(view, before);
}

function whenViewChanges(watch) { watchers.push(watch); }

window.addEventListener("popstate", () => {
  const before = { ...view };
  readAddress();
  for (const watch of watchers) watch(view, before);
});

const SORTS = {
  manifest: ["Manifest order", (picture, place) => place],
  name: ["Name", (picture) => picture.name],
  content_loss: ["Content loss", (picture) => picture.losses?.[0]],
  style_loss: ["Style loss", (picture) => picture.losses?.[1]],
  tv_loss: ["Total variation", (picture) => picture.losses?.[2]],
  total_loss: ["Total loss", (picture) => picture.losses?.[3]],
  weight: ["Style weight", (picture) => picture.weight],
  seconds: ["Time to paint", (picture) => picture.seconds],
};

const haystacks = data.pictures.map((picture) => [
  picture.name, picture.title, picture.notes, picture.outcome, picture.message, contentOf(picture).name, styleOf(picture).name, presetOf(picture),
].join("\n").toLowerCase());

/** The pictures that pass the filters, in the order that is wanted; those without a figure to sort by come last. */
function chosen(state = view, { ignoreWeight = false } = {}) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const places = [];
  data.pictures.forEach((picture, place) => {
    if (state.content && contentOf(picture).name !== state.content) return;
    if (state.style && styleOf(picture).name !== state.style) return;
    if (state.preset && presetOf(picture) !== state.preset) return;
    if (!ignoreWeight && state.weight && String(picture.weight) !== state.weight) return;
    if (words.every((word) => haystacks[place].includes(word))) places.push(place);
  });
  const by = (SORTS[state.sort] ?? SORTS.manifest)[1];
  const keys = new Map(places.map((place) => [place, by(data.pictures[place], place)]));
  const direction = state.descending ? -1 : 1;
  places.sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined) || a - b;
    return (x < y ? -direction : x > y ? direction : 0) || a - b;
  });
  return places.map((place) => data.pictures[place]);
}

const weights = [...new Set(data.pictures.map((picture) => picture.weight))].sort((a, b) => a - b);
