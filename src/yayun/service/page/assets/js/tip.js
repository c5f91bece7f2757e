// The explanation of one place: a tip under the pointer or the focus, and the head of the editing popover.

import { el, place, typeset } from "./dom.js";
import { SAME, SEVERITY, toneWord } from "./marks.js";

/** What is to be said of a cell, as elements. */
export function explain(cell, { brief = false } = {}) {
  const said = [];
  const tone = el("span", { class: `word ${cell.severity ?? ""}` }, toneWord(cell.tone));
  const asked = cell.expected === "中" ? "此处平仄不拘" : `此处格式用${cell.expected}`;
  said.push(el("p", { class: "tip-head" }, el("b", { text: cell.char }), tone, cell.foot ? el("span", { class: "word foot", text: "韵脚" }) : null, el("span", { class: "faint", text: asked })));
  if (cell.readings.length) said.push(readingList(cell, brief ? 3 : 6));
  for (const finding of cell.findings) said.push(verdict(finding, finding.message));
  for (const finding of cell.cures) said.push(verdict(finding, `此字救了「${finding.rule}」:${finding.message}`));
  if (cell.parallel !== null && cell.partner) {
    const how = cell.parallel ? "对得上" : "词类不相称";
    said.push(el("p", { class: "faint", text: `与「${cell.partner}」相对，${how}` }));
  }
  return said;
}

function readingList(cell, most) {
  const rows = cell.readings.slice(0, most).map((reading) =>
    el(
      "li",
      { class: reading === cell.used ? "used" : reading.used ? "" : "unused" },
      el("span", { class: "group", text: `${reading.tone}声${reading.group}韵` }),
      el("span", { class: "sense", text: shorten(meaning(reading, cell.char)) }),
    ),
  );
  return el("ul", { class: "readings", "aria-label": "读音" }, rows);
}

function meaning({ sense, gloss }, char) {
  return sense && sense !== char ? typeset(sense) : gloss && gloss !== SAME ? gloss : "";
}

function shorten(sense) {
  const chars = [...sense];
  return chars.length > 14 ? `${chars.slice(0, 13).join("")}…` : sense;
}

function verdict(finding, message) {
  return el("p", { class: `said ${finding.severity}` }, el("b", { text: `${SEVERITY[finding.severity]} · ${finding.rule}` }), typeset(` ${message}`));
}

/** Let a verse view explain its places in a tip. */
export function attachTip(view) {
  const box = el("div", { class: "tip", role: "tooltip", id: `tip-${Math.random().toString(36).slice(2)}`, hidden: true });
  document.body.append(box);
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    box.hidden = true;
  };
  view.addEventListener("look", ({ detail: { cell, node } }) => {
    hide();
    if (!cell || document.querySelector(".popover")) return;
    timer = setTimeout(() => {
      if (!node.isConnected) return;
      box.replaceChildren(...explain(cell, { brief: true }));
      box.hidden = false;
      node.setAttribute("aria-describedby", box.id);
      place(box, node);
    }, 180);
  });
  view.addEventListener("pick", hide);
  addEventListener("scroll", hide, { passive: true, capture: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  return hide;
}
