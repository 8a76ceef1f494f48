/* Draws areas on the pages of a paper. Without it they are typed as numbers. */
"use strict";

const form = document.querySelector("[data-redact]");
const typed = form && form.elements.namedItem("areas");

// Outwards to the next hundredth: what was drawn over is black in any case.
const hundredths = (part, whole, round) =>
  Math.min(100, Math.max(0, round((part / whole) * 100)));

const shown = (paper, area) => {
  const box = document.createElement("div");
  box.className = "redact-area";
  box.style.left = `${area[0]}%`;
  box.style.top = `${area[1]}%`;
  box.style.width = `${area[2] - area[0]}%`;
  box.style.height = `${area[3] - area[1]}%`;
  paper.append(box);
  return box;
};

for (const paper of form ? form.querySelectorAll(".redact-paper") : []) {
  const page = paper.closest("[data-page]").dataset.page;
  let start = null;
  let box = null;

  const place = (event) => {
    const frame = paper.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top, frame.width, frame.height];
  };
  const area = (event) => {
    const [x, y, width, height] = place(event);
    return [
      hundredths(Math.min(x, start[0]), width, Math.floor),
      hundredths(Math.min(y, start[1]), height, Math.floor),
      hundredths(Math.max(x, start[0]), width, Math.ceil),
      hundredths(Math.max(y, start[1]), height, Math.ceil),
    ];
  };

  // A finger moves the page; a mouse or a pen draws.
  paper.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") {
      return;
    }
    start = place(event);
    paper.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  paper.addEventListener("pointermove", (event) => {
    if (start) {
      box?.remove();
      box = shown(paper, area(event));
    }
  });
  paper.addEventListener("pointercancel", () => {
    box?.remove();
    start = box = null;
  });
  paper.addEventListener("pointerup", (event) => {
    if (start) {
      const drawn = area(event);
      // A click without a move is no area.
      if (box && drawn[0] < drawn[2] && drawn[1] < drawn[3]) {
        const before = typed.value.trim();
        typed.value = (before ? `${before}\n` : "") + [page, ...drawn].join(" ");
      } else {
        box?.remove();
      }
      start = box = null;
    }
  });
}
