// Copying, also where the page was had over plain http from another machine: there browsers keep the clipboard shut.

import { el, toast } from "./dom.js";

/** Copy `text` and say so, or `otherwise` where the browser does not let it happen. */
export async function copy(text, said, otherwise) {
  const done = navigator.clipboard ? await navigator.clipboard.writeText(text).then(() => true, () => false) : byHand(text);
  toast(done ? said : otherwise);
}

function byHand(text) {
  const back = document.activeElement;
  const field = el("textarea", { class: "unseen", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  back?.focus();
  return done;
}
