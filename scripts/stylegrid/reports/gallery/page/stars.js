"use strict";
// Stars from 1 to 5: kept by the browser for this gallery, saved and loaded as a file, and what has them as a spreadsheet's rows.

const KEPT = `stylegrid-stars ${location.pathname}`;
const STEPS = [1, 2, 3, 4, 5];
const inWords = (count) => (count ? `${count} star${count === 1 ? "" : "s"}` : "no stars");
let stars = new Map();
try { stars = new Map(Object.entries(JSON.parse(localStorage.getItem(KEPT)) ?? {})); } catch { /* it keeps nothing: then for as long as the page is open */ }
const starsOf = (picture) => stars.get(picture.name) ?? 0;
const starred = () => shown.filter((picture) => isPainted(picture) && starsOf(picture));

/** The name of a picture's button: what it shows, and its stars. */
const labelOf = (picture) => [describe(picture), ...(starsOf(picture) ? [inWords(starsOf(picture))] : [])].join(", ");
const starMark = (picture) => make("span", { class: "stars", "data-stars": picture.name, "aria-hidden": "true" }, "★".repeat(starsOf(picture)));

function rate(name, count) {
  if (count) stars.set(name, count);
  else stars.delete(name);
  keepStars();
  for (const mark of document.querySelectorAll(`[data-stars="${CSS.escape(name)}"]`)) mark.replaceWith(starMark(pictureNamed.get(name)));
  for (const button of document.querySelectorAll(`button[data-name="${CSS.escape(name)}"]`)) button.setAttribute("aria-label", labelOf(pictureNamed.get(name)));
  if (viewer.open || (!view.stars && view.sort !== "stars")) return;
  const place = shown.indexOf(pictureNamed.get(name)); // the next takes it, where this one goes elsewhere
  show({ ...view, sort: null });
  buttonOf(shown[Math.min(place, shown.length - 1)]?.name)?.focus();
}

function keepStars() {
  try { localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(stars))); } catch { /* as above */ }
  const count = starred().length;
  byId("starred").textContent = `${count} of those shown ${count === 1 ? "has" : "have"} stars. They are kept by this browser; save them to keep them for good.`;
  for (const id of ["copy-rows", "save-rows"]) byId(id).disabled = !count;
  showRating();
}

/** The stars of the marked one of the open pictures, to be pressed. */
function showRating() {
  const [picture, place] = [opened()[active], byId("rating")];
  if (!picture || !place) return;
  place.querySelectorAll("button").forEach((button, index) => {
    const has = starsOf(picture) > index;
    button.setAttribute("aria-pressed", has);
    button.textContent = has ? "★" : "☆";
  });
}

function rating() {
  const press = (count) => { const { name } = opened()[active]; rate(name, stars.get(name) === count ? 0 : count); };
  return make("div", { id: "rating", role: "group", "aria-label": "Stars (keys 0 to 5)" }, ...STEPS.map((count) => make("button", { type: "button", id: `star-${count}`, "aria-label": inWords(count), onclick: () => press(count) })));
}

/** What is chosen as a table for spreadsheets: cells by tabs, rows by lines. */
async function rowsOfStarred() {
  const size = byId("larger").value;
  const rows = (await Promise.all(starred().map(detailOf))).map(({ row }) => (size ? { ...row, size } : row));
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const cell = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ""))].map((cells) => cells.map(cell).join("\t") + "\n").join("");
}

function save(text, ending, type) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: `${document.title.replace(/[^\p{L}\p{N}]+/gu, "-")}-${ending}` });
  link.click();
  URL.revokeObjectURL(link.href);
}

async function loadStars(event) {
  const [file] = event.target.files;
  event.target.value = "";
  try {
    const given = Object.entries(JSON.parse(await file.text()).stars).filter(([, count]) => STEPS.includes(count));
    stars = new Map(given.filter(([name]) => pictureNamed.has(name)));
    change({});
    keepStars();
    showView();
    byId("done").textContent = `Stars of ${stars.size} pictures loaded${stars.size < given.length ? `; ${given.length - stars.size} are of pictures that aren't here` : ""}.`;
  } catch {
    byId("done").textContent = `${file.name} holds no stars: choose a file that was saved here.`;
  }
}

const does = {
  "copy-rows": async () => navigator.clipboard.writeText(await rowsOfStarred()).then(() => "Copied: paste them into the spreadsheet."),
  "save-rows": async () => save(await rowsOfStarred(), "rows.tsv", "text/tab-separated-values"),
  "save-stars": async () => save(JSON.stringify({ gallery: document.title, stars: Object.fromEntries(stars) }), "stars.json", "application/json"),
};
for (const [id, act] of Object.entries(does)) byId(id).addEventListener("click", () => act().then((words) => words ?? "Saved among your downloads.", (error) => `That failed: ${error.message}`).then((words) => { byId("done").textContent = words; }));
byId("load-stars").addEventListener("change", loadStars);
