"use strict";
// The pictures that are open, in their frames, and the tools below them.

/** What tells one of the open pictures from the others, in words. */
function distinct(picture, pictures) {
  const told = axes.filter((axis) => pictures.some((other) => axis.placeOf(other) !== axis.placeOf(picture)));
  return told.length ? told.map((axis) => say(axis, axis.placeOf(picture))).join(", ") : headingOf(picture);
}

const wholeImage = (picture, attributes) => artefactsOf(make("img", { src: address(picture.view ?? picture.picture), alt: describe(picture), draggable: "false", ...attributes }), picture);

/** The photograph of a picture, to lie over it. */
function photographOf(picture) {
  const { thumbnail: key } = contentOf(picture);
  return key && artefactsOf(make("img", { class: "before", src: thumbnail(key, data.large), alt: `The photograph ${contentOf(picture).name}`, hidden: true, draggable: "false" }), picture);
}

/** A picture in its frame; what lies over it comes from the left, as far as the slider says. */
function pane(picture, place, over, photograph) {
  const pair = () => make("div", { class: "pair", "--shape": shapeOf(picture), "--width": `${picture.width}px`, "data-width": picture.width }, photograph ?? wholeImage(picture), over);
  const seen = isPainted(picture) ? pair() : make("p", { class: "fault" }, reasonOf(picture));
  const frame = make("div", { class: "frame", tabindex: 0, role: "region", id: `frame-${place}`, "aria-label": photograph ? "Its photograph" : `The picture ${describe(picture)}`, onfocus: () => activate(place) }, seen);
  return make("figure", { class: "pane" }, frame);
}

/** The pictures side by side, or the first over the second. */
function stage(pictures) {
  const over = view.over && pictures.length === 2 && pictures.every(isPainted);
  const panes = over ? [pane(pictures[1], 1, wholeImage(pictures[0], { class: "before" }))] : pictures.map((picture, place) => pane(picture, place, photographOf(picture)));
  const beside = view.artefacts && pictures.length === 1 && isPainted(pictures[0]) && photographOf(pictures[0]);
  if (beside) {
    Object.assign(beside, { className: "", hidden: false });
    panes.push(pane(pictures[0], 1, null, beside));
  }
  if (pictures.length > 1) panes.forEach((each, place) => each.append(label(over ? pictures[1] : pictures[place], over ? 1 : place, pictures)));
  if (over) panes[0].prepend(label(pictures[0], 0, pictures));
  const whole = make("div", { class: "panes", "data-panes": panes.length, "--shape": shapeOf(pictures[0]) }, ...panes);
  return make("div", { class: "stage" }, whole, pictures.some(isPainted) ? tools(pictures, over) : "");
}

function label(picture, place, pictures) {
  const which = make("button", { type: "button", "data-place": place, title: "← and → change this one", onclick: () => activate(place) }, distinct(picture, pictures), starMark(picture));
  const drop = make("button", { type: "button", "aria-label": `Compare without ${describe(picture)}`, onclick: () => openAll(pictures.filter((each) => each !== picture)) }, "×");
  return make("figcaption", {}, which, drop);
}

/** Turning pages changes this one of the open pictures. */
function activate(place) {
  active = Math.min(place, opened().length - 1);
  for (const each of viewer.querySelectorAll("[data-place]")) each.setAttribute("aria-pressed", Number(each.dataset.place) === active);
  showRating();
}

function tools(pictures, over) {
  const button = (id, words, name, act, more) => make("button", { type: "button", id, "aria-label": name, title: name, onclick: act, ...more }, words);
  const [left, right] = over ? pictures.map((picture) => distinct(picture, pictures)) : ["Photograph", "painting"];
  const input = make("input", { type: "range", id: "cut", min: 0, max: 100, value: 100 * lens.cut, "aria-label": `${left} before, ${right} after`, oninput: () => look({ cut: Number(input.value) / 100 }) });
  const slide = over || pictures.some((picture) => contentOf(picture).thumbnail) ? [make("label", { for: "cut" }, over ? "Slide" : "Photograph ↔ painting"), input, button("flip", "Flip", `${left} or ${right}`, flip)] : [];
  return make("div", { class: "tools" }, rating(), ...slide,
    pictures.length === 2 && button("over", "One over the other", null, layOver, { "aria-pressed": Boolean(view.over) }),
    button("out", "−", "Zoom out", () => zoomBy(1 / 1.5)), make("output", { id: "percent", "aria-label": "Zoom" }), button("in", "+", "Zoom in", () => zoomBy(1.5)),
    button("actual", "Actual size", null, toggleActual, { "aria-pressed": "false" }),
    artefactsChooser(), pictures.length === 1 && make("label", { class: "ticking" }, tickBox(pictures[0]), "Tick to compare"), compareButton());
}

/** All of what lies over the pictures, or nothing of it. */
function flip() {
  look({ cut: lens.cut < 0.5 ? 1 : 0 });
  byId("cut").value = 100 * lens.cut;
}

function layOver() {
  if (opened().length !== 2) return;
  lens.cut = view.over ? 0 : 0.5;
  change({ over: view.over ? "" : "1" });
}
