"use strict";
// Loss curves and the trade-off, drawn by Plotly, which is only loaded for them.

const MOST_CURVES = 60;
const TERMS = ["content", "style", "total variation", "total"];
// Each painting has its own pair of colour and symbol, or of colour and dashes: 12 colours by 5 are 60 pairs. The colour-blind
// tell the first seven apart, six of them from Okabe and Ito; neighbours differ in mark, too.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#915dfe", "#8a6d00", "#808080", "#c2185b", "#6b8e23", "#8c564b"];
const SYMBOLS = ["circle", "square", "triangle-up", "diamond", "x"];
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash"];
const lookOf = (style) => ({ color: COLOURS[style % COLOURS.length], symbol: SYMBOLS[style % SYMBOLS.length], dash: DASHES[style % DASHES.length] });

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

async function draw(place, traces, layout, label, options = {}) {
  await load("plotly.min.js");
  const axis = { gridcolor: colour("--line"), zerolinecolor: colour("--line"), automargin: true };
  const { xaxis, yaxis, ...rest } = layout;
  place.setAttribute("role", "figure");
  place.setAttribute("aria-label", label);
  return Plotly.newPlot(place, traces, {
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", font: { color: colour("--ink"), size: 12 },
    margin: { l: 50, r: 12, t: 30, b: 42 }, hovermode: "closest", legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, maxheight: 96 }, ...rest,
    xaxis: { ...axis, ...xaxis }, yaxis: { ...axis, ...yaxis },
  }, { responsive: true, displaylogo: false, displayModeBar: narrow.matches ? false : "hover", modeBarButtonsToRemove: ["select2d", "lasso2d"], ...options });
}

/** One picture's losses over its steps, times their weights: what each adds to the total. */
function drawCurves(place, detail) {
  const { content_weight, style_weight, tv_weight } = detail.settings;
  const weighted = (entry) => [content_weight * entry[2], style_weight * entry[3], tv_weight * entry[4], entry[5]];
  const traces = TERMS.map((term, index) => ({
    name: term, x: detail.history.map((entry) => entry[0]), y: detail.history.map((entry) => weighted(entry)[index] || null),
    customdata: detail.history.map((entry) => [spell(entry[2 + index]), entry[1]]), mode: "lines",
    line: { color: COLOURS[index], dash: DASHES[index], width: index === 3 ? 2.5 : 1.5 }, hovertemplate: "%{y:.3g}, unweighted %{customdata[0]}<br>step %{x}, %{customdata[1]} px",
  }));
  return draw(place, traces, { xaxis: { title: { text: "step" } }, yaxis: { title: { text: "weight × loss" }, type: "log" } },
    "Losses of this picture over its steps, each times its weight", { displayModeBar: false });
}

/** A painting's points, joined where nothing but the style weight differs. */
function tradeTraces(pictures) {
  const weight = axisNamed("style_weight");
  const others = axes.filter((axis) => axis !== weight);
  return [...groupBy(pictures, (picture) => picture.style).values()].map((group) => {
    const lines = [...groupBy(group, (picture) => others.map((axis) => axis.placeOf(picture)).join()).values()];
    if (weight) for (const line of lines) line.sort((a, b) => weight.placeOf(a) - weight.placeOf(b));
    const points = lines.flatMap((line, place) => (place ? [null, ...line] : line)); // a gap between lines
    const { color, symbol } = lookOf(group[0].style);
    return {
      name: styleOf(group[0]).name, mode: "lines+markers", connectgaps: false,
      x: points.map((picture) => picture && picture.losses[0]), y: points.map((picture) => picture && picture.losses[1]),
      text: points.map((picture) => picture && differences(picture).join(", ")), customdata: points.map((picture) => picture && picture.name),
      hovertemplate: "%{text}<br>content %{x:.3g}, style %{y:.3g}", marker: { size: 8, color, symbol }, line: { width: 1, color },
    };
  });
}

async function drawTrade(place, pictures) {
  const plot = await draw(place, tradeTraces(pictures), { height: 520, xaxis: { title: { text: "content loss" }, type: "log" }, yaxis: { title: { text: "style loss" }, type: "log" } },
    `Content loss against style loss of ${pictures.length} pictures`);
  plot.on("plotly_click", (event) => change({ open: event.points[0].customdata }));
  if (pictures.length) place.after(pointSlider(plot));
}

/** A slider through a plot's points by content loss, for the keyboard, and a button that opens the picture. */
function pointSlider(plot) {
  const points = plot.data.flatMap((trace, curveNumber) => trace.customdata.map((name, pointNumber) => ({ curveNumber, pointNumber, name, x: trace.x[pointNumber] }))).filter(({ name }) => name);
  points.sort((a, b) => a.x - b.x);
  const at = () => points[Number(input.value)];
  const open = make("button", { type: "button", onclick: () => change({ open: at().name }) });
  const input = make("input", { type: "range", id: "point", min: 0, max: points.length - 1, value: 0, onfocus: () => show(), oninput: () => show(), onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); open.click(); } } });
  function show(marked = true) {
    const picture = pictureNamed.get(at().name);
    if (marked) Plotly.Fx.hover(plot, [at()]);
    open.textContent = `Open ${describe(picture)}`;
    input.dataset.name = picture.name;
    input.setAttribute("aria-valuetext", describe(picture));
  }
  show(false);
  return make("div", { class: "points-by-key" }, make("label", { for: "point" }, "Point"), input, open);
}

async function drawTotals(place, pictures) {
  const some = pictures.slice(0, MOST_CURVES);
  const all = await Promise.all(some.map(detailOf));
  const named = new Set();
  const traces = some.map((picture, index) => {
    const history = all[index].history.filter((entry) => entry[3] > 0);
    const first = !named.has(picture.style);
    named.add(picture.style);
    return {
      name: styleOf(picture).name, legendgroup: String(picture.style), showlegend: first, mode: "lines", opacity: 0.75,
      x: history.map((entry) => entry[0]), y: history.map((entry) => entry[3]), line: { width: 1.4, color: lookOf(picture.style).color, dash: lookOf(picture.style).dash },
      hovertemplate: `${differences(picture).join(", ")}<br>style loss %{y:.3g} at step %{x}`,
    };
  });
  return draw(place, traces, { height: 480, xaxis: { title: { text: "step" } }, yaxis: { title: { text: "style loss" }, type: "log" } }, `Style loss of ${some.length} pictures over their steps`);
}

/** Losses of different presets don't compare: those of the preset that most pictures have, unless one is chosen. */
function ofOnePreset(pictures) {
  const groups = [...groupBy(pictures, (picture) => picture.preset).values()];
  return { pictures: groups.reduce((best, each) => (each.length > best.length ? each : best), []), others: groups.length > 1 };
}

function sentences(pictures, others, unplaced) {
  const preset = others ? ` Losses of different presets don't compare: these are of ${presetOf(pictures[0])}; choose another above.` : "";
  const many = pictures.length > MOST_CURVES ? ` The first ${MOST_CURVES} of ${pictures.length}: filter for fewer.` : "";
  const without = unplaced ? ` ${unplaced} picture${unplaced === 1 ? "" : "s"} with a loss of 0 ${unplaced === 1 ? "has" : "have"} no place here.` : "";
  return [
    `One point a picture, joined where only the style weight differs. Lower left is better in both. A click opens the picture.${preset}${without}`,
    `Choose a painting above to see its own curves.${many}`,
  ];
}

async function showPlots() {
  const { pictures, others } = ofOnePreset(shown.filter((picture) => picture.losses));
  if (!pictures.length) return byId("plots").replaceChildren(make("p", { class: "empty" }, "None of these pictures has losses."));
  const [trade, totals] = [make("div", { class: "plot" }), make("div", { class: "plot" })];
  const placed = pictures.filter((picture) => picture.losses[0] > 0 && picture.losses[1] > 0);
  const [ofTrade, ofTotals] = sentences(pictures, others, pictures.length - placed.length);
  byId("plots").replaceChildren(make("h2", {}, "Content against style"), make("p", {}, ofTrade), trade, make("h2", {}, "Style loss while painting"), make("p", {}, ofTotals), totals);
  try {
    await drawTrade(trade, placed);
    await drawTotals(totals, pictures);
  } catch (error) {
    byId("plots").append(make("p", { class: "empty" }, `${error.message}: is the folder complete?`));
  }
}
