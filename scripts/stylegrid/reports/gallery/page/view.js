"use strict";
// What is looked at: kept in the address, so that a link shows the same.

/** Axes with several values, those first that make a matrix: a preset's losses compare with no other's. */
const RANKS = ["content", "style", "style_weight"];
const rank = ({ name }) => (name === "preset" ? 9 : RANKS.includes(name) ? RANKS.indexOf(name) : 5);
const several = axes.filter((axis) => axis.values.length > 1).sort((a, b) => rank(a) - rank(b));
const ROLES = ["rows", "columns", "slider"];
const MATRIX = [...ROLES, ...axes.map(({ name }) => `at.${name}`)];
const OLD = { weight: "style_weight", at: "at.style_weight" }; // what links of earlier pages call it

const START = {
  view: "grid", q: "", stars: "", sort: "manifest", descending: "", open: "", over: "", artefacts: "",
  ...Object.fromEntries(axes.map(({ name }) => [name, ""])), ...Object.fromEntries(MATRIX.map((name) => [name, ""])),
  ...Object.fromEntries([...several, ...axes.filter((axis) => !several.includes(axis))].slice(0, 3).map(({ name }, place) => [ROLES[place], name])),
};
const view = { ...START };

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [old, name] of Object.entries(OLD)) if (given.has(old) && name in START) given.set(name, spelled(axisNamed("style_weight"), given.get(old)));
  if (given.get("sort") === "weight") given.set("sort", "style_weight");
  for (const name of Object.keys(START)) view[name] = given.get(name) ?? START[name];
  if (!(view.artefacts in ARTEFACTS)) view.artefacts = "";
  const roles = ROLES.map((role) => view[role]).filter(Boolean);
  if (new Set(roles).size < roles.length || !roles.every(axisNamed)) for (const role of ROLES) view[role] = START[role];
}

/** A number as the page spells it: 10000 is 1e4. */
const spelled = (axis, text) => axis.values.find((value) => Number(value) === Number(text)) ?? text;

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
  show(before);
}

window.addEventListener("popstate", () => {
  const before = { ...view };
  readAddress();
  show(before);
});

const SORTS = {
  manifest: ["Manifest order", (picture, place) => place],
  ...Object.fromEntries(settingAxes.map((axis) => [axis.name, [axis.label, axis.placeOf]])),
  stars: ["Stars", (picture) => starsOf(picture)],
  name: ["Name", (picture) => picture.name],
  content_loss: ["Content loss", (picture) => picture.losses?.[0]],
  style_loss: ["Style loss", (picture) => picture.losses?.[1]],
  tv_loss: ["Total variation", (picture) => picture.losses?.[2]],
  total_loss: ["Total loss", (picture) => picture.losses?.[3]],
  ...Object.fromEntries(data.measures.map((name, place) => [name, [titled(name), (picture) => picture.measures?.[place] ?? undefined]])),
  seconds: ["Time to paint", (picture) => picture.seconds],
};

const searched = (picture) => [
  picture.name, picture.title, picture.notes, picture.outcome, reasonOf(picture), contentOf(picture).name, styleOf(picture).name, presetOf(picture),
].join("\n").toLowerCase();
let haystacks = data.pictures.map(searched);

/** The pictures that pass the filters, in the order that is wanted; those without a figure to sort by come last. */
function chosen(state = view) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = axes.filter(({ name }) => state[name]).map((axis) => [axis, axis.values.indexOf(state[axis.name])]);
  const places = [];
  data.pictures.forEach((picture, place) => {
    if (wanted.some(([axis, place]) => axis.placeOf(picture) !== place)) return;
    if (state.stars && (state.stars === "0" ? starsOf(picture) : starsOf(picture) < Number(state.stars))) return;
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
