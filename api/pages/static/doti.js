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
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
  }
});

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

// A number goes to the clipboard, where the browser lets it.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    const text = document.getElementById(button.dataset.copy).textContent;
    navigator.clipboard.writeText(text).then(() => {
      button.textContent = button.dataset.done;
    });
  }
});
