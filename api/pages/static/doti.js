/* Makes pages quicker to use; none of them needs it. */
"use strict";

// "/" goes to the search box, as long as nobody is typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const find = document.getElementById("find");
  if (event.key === "/" && !typing && find && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    find.focus();
  }
});

// A form is sent once, however often its button is pressed. Some browsers come back to the page as
// it was left: then it is new again.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("form[data-sent]")) {
    event.preventDefault();
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
  }
});

// A file that is too large is told at once, and left out: what stands beside it is not sent in vain.
document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file]");
  if (!input) {
    return;
  }
  const told = document.getElementById("main").dataset;
  const largest = Number(told.largest);
  const files = [...input.form.querySelectorAll("input[type=file]")].flatMap((each) => [...each.files]);
  const together = files.reduce((sum, file) => sum + file.size, 0);
  const tooLarge = [...input.files].some((file) => file.size > largest)
    || together > largest * Number(told.atOnce);
  input.parentElement.querySelector("[data-left-out]")?.remove();
  if (tooLarge) {
    input.value = "";
    const words = document.createElement("p");
    words.className = "wrong";
    words.setAttribute("role", "alert");
    words.dataset.leftOut = "";
    words.textContent = told.tooLarge;
    input.after(words);
  }
});

// What is typed into a draft is kept as one types; where that fails, the page says so.
const kept = (event, isKept) => {
  if (event.target.closest("[data-draft]")) {
    for (const notice of document.querySelectorAll("[data-not-kept]")) {
      notice.hidden = isKept;
    }
  }
};
document.addEventListener("htmx:afterRequest", (event) => kept(event, event.detail.successful));
document.addEventListener("htmx:sendError", (event) => kept(event, false));

// What is wrong is read first, and an address with a place opens what is closed there.
document.addEventListener("DOMContentLoaded", () => {
  const wrong = document.querySelector("[data-focus]");
  if (wrong) {
    wrong.focus();
  }
  const place = location.hash && document.querySelector(location.hash + " details");
  if (place && !place.parentElement.querySelector("form.main-form")) {
    place.open = true;
  }
});

// A slider of days tells the day that it stands at, and goes there when it is let go of. By keyboard
// one presses Enter or the button: each step would be a new page.
for (const slider of document.querySelectorAll("input.slider")) {
  const out = document.getElementById(slider.dataset.out);
  let held = false;
  slider.addEventListener("pointerdown", () => { held = true; });
  slider.addEventListener("input", () => {
    const day = new Date(slider.dataset.first + "T12:00:00Z");
    day.setUTCDate(day.getUTCDate() + Number(slider.value));
    const text = day.toISOString().slice(0, 10).split("-").reverse().join("/");
    out.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  });
  slider.addEventListener("change", () => {
    if (held) {
      slider.form.requestSubmit();
    }
  });
  slider.addEventListener("keydown", (event) => {
    held = false;
    if (event.key === "Enter") {
      event.preventDefault();
      slider.form.requestSubmit();
    }
  });
}
// A dote of the log is shown beside it, where there is room; else its page is opened.
document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.target.closest(".with-replay #log a");
  if (!link) {
    return;
  }
  if (window.matchMedia("(max-width: 991px)").matches) {
    event.preventDefault();
    window.location.assign(link.href);
    return;
  }
  for (const row of document.querySelectorAll("#log tr")) {
    row.classList.toggle("sought", row.contains(link));
  }
});
// A button that copies what stands in a field, and one that prints the page: only with a script.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("button[data-copy], button[data-print]")) {
    button.hidden = "copy" in button.dataset && !navigator.clipboard;
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy], button[data-print]");
  if (!button) {
    return;
  }
  if ("print" in button.dataset) {
    window.print();
    return;
  }
  const field = document.getElementById(button.dataset.copy);
  navigator.clipboard.writeText(field.value ?? field.textContent).then(() => {
    button.textContent = button.dataset.copied;
  });
});

// Lines of the bank by keyboard, while one of them has the focus: j and k go from one to the next,
// Enter confirms, s opens, u takes back the match that the page names, ? tells all this.
document.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-keys] tbody tr");
  const closes = event.key === "?" && event.target.closest("[data-help]");
  if (!(row || closes) || event.ctrlKey || event.metaKey || event.altKey
      || event.target.closest("input, textarea, select, [contenteditable]")) {
    return;
  }
  const main = [...document.querySelectorAll("[data-keys] [data-main]")];
  const at = main.indexOf(row?.querySelector("[data-main]"));
  if (event.key === "j" || event.key === "k") {
    const next = event.key === "j" ? at + 1 : Math.max(at - 1, 0);
    main[Math.min(next, main.length - 1)].focus();
  } else if (event.key === "s") {
    row.querySelector("[data-open]")?.click();
  } else if (event.key === "u") {
    const undo = document.querySelector("[data-undo]");
    const nothing = document.querySelector("[data-nothing-to-undo]");
    if (undo) {
      undo.click();
    } else {
      nothing.textContent = nothing.dataset.said;
    }
  } else if (event.key === "?") {
    const help = document.querySelector("[data-help]");
    help.open = !help.open;
    help.querySelector("summary").focus();
  } else {
    return;
  }
  event.preventDefault();
});

// An address with the place of a line has the focus there, also where one comes back from it.
const toLine = () => {
  const row = location.hash && document.getElementById(location.hash.slice(1));
  row && row.closest("[data-keys]") && row.querySelector("[data-main]").focus();
};
window.addEventListener("pageshow", toLine);
document.addEventListener("click", (event) => {
  const first = event.target.closest("a[data-first-line]");
  if (first) {
    event.preventDefault();
    document.querySelector(first.hash + " [data-main]").focus();
  }
  const row = event.target.closest("[data-keys] a[data-open]")?.closest("tr");
  if (row) {
    history.replaceState(history.state, "", `#${row.id}`);
  }
});

// What is ticked is counted as one ticks, in the words that the server would take.
const counted = (form) => {
  const ticked = [...form.querySelectorAll("input[data-cents]:checked")];
  const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
  const words = new Intl.NumberFormat(document.documentElement.lang,
    { style: "currency", currency: "EUR", useGrouping: "always" });
  form.querySelector("[data-count]").textContent = ticked.length;
  form.querySelector("[data-sum]").textContent = words.format(cents / 100);
  const lines = [...form.querySelectorAll("input[data-line-cents]:checked")];
  const of = form.querySelector("[data-of]");
  if (of && form.dataset.ownCents) {
    const whole = lines.reduce((sum, box) => sum + Number(box.dataset.lineCents),
      Number(form.dataset.ownCents));
    of.textContent = of.dataset.said.replace("{sum}", words.format(whole / 100));
  }
};
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-chosen]");
  if (form && form.querySelector("[data-sum]")) {
    counted(form);
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-chosen]")) {
    for (const button of form.querySelectorAll("[data-count-button]")) {
      button.hidden = true;
      counted(form);
    }
  }
});
