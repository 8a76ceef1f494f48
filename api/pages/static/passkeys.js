/* Lets a passkey make or sign what a form of the page asks for; without a script the form is not
   there, and codes do the same. */
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const known = window.PublicKeyCredential;
  if (!known || !known.parseCreationOptionsFromJSON) {
    document.querySelectorAll("[data-passkey-missing]").forEach((each) => (each.hidden = false));
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    asked(form.dataset.passkey, JSON.parse(form.dataset.options)).then(
      (credential) => {
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.requestSubmit();
      },
      () => {
        failed.hidden = false;
        failed.focus();
      },
    );
  });
}

function asked(what, options) {
  if (what === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}
