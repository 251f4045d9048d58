"use strict";
// Elements, numbers and places; what a spreadsheet says is only ever set as text.

let data = window.stylegridData; // of a gallery that is still being painted it is replaced as pictures come

const byId = (id) => document.getElementById(id);

/** An element with attributes, "on..." listeners and children; strings are text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== "" && child !== false));
  return element;
}

/** A number with three digits that count: 0.0123, 1.50, 98765, 1.2e+9. */
function spell(number) {
  if (number == null) return "";
  const size = Math.abs(number);
  if (number !== 0 && (size < 1e-4 || size >= 1e7)) return number.toExponential(2);
  const digits = number === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size)));
  return number.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

function duration(seconds) {
  if (seconds == null) return "";
  if (seconds < 90) return `${spell(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const address = (path) => path.split("/").map(encodeURIComponent).join("/");
const thumbnail = (key, side) => `thumbnails/${key.slice(0, 2)}/${key}-${side}.webp`;
const shapeOf = (item) => (item.width && item.height ? item.width / item.height : 4 / 3);

/** A lazy thumbnail that the browser chooses by the width it is shown at. */
function thumbnailImage(item, alt, sizes, attributes = {}) {
  const widths = data.sides.map((side) => Math.max(1, Math.round(Math.min(side, Math.max(item.width, item.height)) * Math.min(1, shapeOf(item)))));
  return make("img", {
    srcset: data.sides.map((side, place) => `${thumbnail(item.thumbnail, side)} ${widths[place]}w`).join(", "),
    src: thumbnail(item.thumbnail, data.sides[1]), sizes, alt, width: item.width, height: item.height,
    loading: "lazy", decoding: "async", ...attributes,
  });
}

const contentOf = (picture) => data.contents[picture.content];
const styleOf = (picture) => data.styles[picture.style];
const presetOf = (picture) => data.presets[picture.preset];
const pairOf = (picture) => `${contentOf(picture).name} in the style of ${styleOf(picture).name}`;
const titleOf = (picture) => picture.title || pairOf(picture);
const isPainted = (picture) => picture.thumbnail !== undefined;
const outcomeOf = (picture) => (picture.outcome === "missing" ? "Not painted yet." : picture.outcome);
const reasonOf = (picture) => [outcomeOf(picture), ...(picture.message ? [picture.message] : [])].join(picture.outcome === "missing" ? " " : ": ");

/** A script of this folder, once; for data and libraries that only some views need. */
const scripts = new Map();
function load(source) {
  if (!scripts.has(source)) scripts.set(source, new Promise((resolve, reject) => {
    const fail = () => { scripts.delete(source); reject(new Error(`${source} could not be loaded`)); };
    document.head.append(make("script", { src: source, onload: resolve, onerror: fail }));
  }));
  return scripts.get(source);
}

const details = new Map();
window.stylegridDetail = (key, detail) => details.set(key, detail);

/** Everything that a picture's record says; it lies in a file of its own. */
async function detailOf(picture) {
  if (!picture.detail) return null;
  await load(`details/${picture.detail.slice(0, 2)}/${picture.detail}.js`);
  return details.get(picture.detail);
}
