// Another title for the poem on the sheet.

import { el } from "./dom.js";
import { closePopover, openPopover } from "./popover.js";

const LONGEST = 100;

/** Open a field for the title beside `node`; Enter takes what is written, Escape leaves it as it was. */
export function openTitle(draft, node) {
  const { body, settle } = openPopover("改题目", () => node);
  const input = el("input", { type: "text", class: "own", value: draft.poem.title, maxlength: String(LONGEST), autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    draft.setTitle(input.value.trim());
    closePopover();
  };
  body.append(
    el(
      "form",
      { class: "own-form", on: { submit } },
      el("label", { class: "own-label" }, el("span", { text: "题目" }), input),
      el("button", { type: "submit", class: "button", text: "用它" }),
    ),
  );
  settle();
  input.select();
  input.focus();
}
