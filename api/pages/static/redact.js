/* Draws areas on the pages of a paper. Without it they are typed as numbers.

What is typed is what is sent: the boxes on the pages are made anew of it whenever it changes. */
"use strict";

const form = document.querySelector("[data-redact]");
const typed = form && form.elements.namedItem("areas");
const papers = form ? [...form.querySelectorAll(".redact-paper")] : [];
const LINES = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

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

// The area of a line, as the server reads it; null where it is none.
const read = (line) => {
  const parts = line.trim().split(/[\s,;]+/);
  if (parts.length !== 5 || !parts.every((part) => /^[0-9]{1,3}$/.test(part))) {
    return null;
  }
  const [page, left, top, right, bottom] = parts.map(Number);
  const inside = left < right && top < bottom && right <= 100 && bottom <= 100;
  return inside && page >= 1 && page <= papers.length ? [page, left, top, right, bottom] : null;
};

const drawn = () => {
  for (const box of form.querySelectorAll(".redact-area")) {
    box.remove();
  }
  let count = 0;
  let wrong = 0;
  typed.value.split(LINES).forEach((line, at) => {
    const area = line.trim() && read(line);
    if (area) {
      count += 1;
      shown(papers[area[0] - 1], area.slice(1));
    } else if (area === null) {
      wrong = wrong || at + 1;
    }
  });
  const told = form.querySelector("[data-redact-told]");
  const words = [count === 1 ? told.dataset.one : told.dataset.many.replace("0", count)];
  if (wrong) {
    words.push(told.dataset.wrong.replace("{n}", wrong));
  }
  told.textContent = words.join(" ");
};

// What the server painted into the pictures is what was typed when it made them.
const changed = () => {
  for (const image of form.querySelectorAll(".redact-paper img")) {
    if (image.src.includes("?")) {
      image.src = image.src.split("?")[0];
    }
  }
  drawn();
};

for (const paper of papers) {
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
  const forgotten = () => {
    box?.remove();
    start = box = null;
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
  paper.addEventListener("pointercancel", forgotten);
  paper.addEventListener("pointerup", (event) => {
    if (start) {
      const made = area(event);
      // A click without a move is no area.
      const isArea = box && made[0] < made[2] && made[1] < made[3];
      forgotten();
      if (isArea) {
        const before = typed.value.trimEnd();
        typed.value = (before ? `${before}\n` : "") + [page, ...made].join(" ");
        changed();
      }
    }
  });
}

if (typed) {
  const first = typed.value;
  form.querySelector("[data-redact-mouse]").hidden = false;
  typed.addEventListener("input", changed);
  // Some browsers come back to a page with what was typed then, not with what was drawn.
  window.addEventListener("pageshow", () => (typed.value === first ? drawn() : changed()));
}
