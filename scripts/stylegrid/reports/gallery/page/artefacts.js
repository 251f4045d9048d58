"use strict";
// Differences of neighbouring pixels and edges, of pictures and of their photographs: what total variation acts on.

const ARTEFACTS = { "": "Picture", across: "Differences across", down: "Differences down", horizontal: "Horizontal edges (Sobel)", vertical: "Vertical edges (Sobel)" };

/** An image, or what is chosen of it: computed at its picture's size by a canvas, which may show pixels from disk, but not read them. */
function artefactsOf(image, { width, height }) {
  if (!view.artefacts) return image;
  const canvas = make("canvas", { width, height, class: image.className, hidden: image.hidden, role: "img", "aria-label": `${ARTEFACTS[view.artefacts]}: ${image.alt}` });
  const context = canvas.getContext("2d");
  context.filter = `url(#artefacts-${view.artefacts})`;
  image.decode().then(() => context.drawImage(image, 0, 0, width, height), () => canvas.replaceWith(image));
  return canvas;
}

const artefactsChooser = () => "filter" in CanvasRenderingContext2D.prototype && make("label", {}, "Show ", chooser("artefacts", Object.entries(ARTEFACTS), (artefacts) => change({ artefacts })));
