"use strict";
// Shows the pictures of this page one by one, by PhotoSwipe: by touch, mouse and keys. Back closes, as phones have it.

const main = document.querySelector("main");
const buttons = [...main.querySelectorAll("button")];
const pictures = buttons.map((button) => {
  const image = button.querySelector("img");
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
  return { src: image.src, msrc: image.src, width, height, alt: button.innerText.trim(), element: image };
});

function open(index) {
  const lightbox = new PhotoSwipe({ dataSource: pictures, index, bgOpacity: 1, padding: { top: 0, bottom: 48, left: 0, right: 0 } });
  lightbox.on("uiRegister", () => lightbox.ui.registerElement({
    name: "caption", appendTo: "root", onInit: (caption) => lightbox.on("change", () => { caption.textContent = lightbox.currSlide.data.alt; }),
  }));
  lightbox.on("firstUpdate", () => {
    lightbox.element.setAttribute("aria-label", document.title);
    lightbox.element.setAttribute("aria-modal", "true");
  });
  lightbox.on("close", () => {
    main.inert = false;
    if (history.state?.open) history.back();
  });
  window.addEventListener("popstate", () => lightbox.close(), { once: true });
  history.pushState({ open: true }, "");
  lightbox.init();
  main.inert = true;
}

buttons.forEach((button, index) => button.addEventListener("click", () => open(index)));
