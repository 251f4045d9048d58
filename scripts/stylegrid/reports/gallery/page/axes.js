"use strict";
// What pictures differ in: their photograph, their painting, and every setting that varies.

const readable = (name) => name.replaceAll("_", " ");
const titled = (name) => readable(name)[0].toUpperCase() + readable(name).slice(1);
const settingAxes = data.varying.map(({ name, values }, index) => ({ name, label: titled(name), values, placeOf: (picture) => picture.varied[index] }));
const axes = [
  { name: "content", label: "Photograph", values: data.contents.map((each) => each.name), placeOf: (picture) => picture.content, items: data.contents },
  { name: "style", label: "Painting", values: data.styles.map((each) => each.name), placeOf: (picture) => picture.style, items: data.styles },
  ...settingAxes,
];
const axisNamed = (name) => axes.find((axis) => axis.name === name);

/** Pictures by what `keyOf` says of them: a map of lists, in their order. */
function groupBy(pictures, keyOf) {
  const groups = new Map();
  for (const picture of pictures) {
    const key = keyOf(picture);
    groups.set(key, groups.get(key) ?? []).get(key).push(picture);
  }
  return groups;
}

const say = (axis, place) => (axis.items ? axis.values[place] : `${readable(axis.name)} ${axis.values[place]}`);
const settingsOf = (picture) => settingAxes.map((axis) => say(axis, axis.placeOf(picture)));

/** What tells a picture from all others, in words. */
function differences(picture) {
  const words = [...axes.slice(0, 2).filter((axis) => axis.values.length > 1).map((axis) => say(axis, axis.placeOf(picture))), ...settingsOf(picture)];
  return words.length ? words : [contentOf(picture).name];
}

/** A picture's title, or which photograph and painting it is of, as far as there are several. */
function headingOf(picture) {
  const [contents, styles] = [data.contents.length > 1, data.styles.length > 1];
  if (picture.title || contents === styles) return titleOf(picture);
  return contents ? contentOf(picture).name : styleOf(picture).name;
}

/** Title, photograph, painting and settings that vary: no two pictures are called the same. */
const describe = (picture) => [[...(picture.title ? [picture.title] : []), pairOf(picture), ...settingsOf(picture)].join(", "), ...(isPainted(picture) ? [] : [reasonOf(picture)])].join(": ");
