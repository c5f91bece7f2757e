// Several poems side by side, as they are written and to choose from.

import { button, el, fill, numeral } from "./dom.js";
import { headingOf, stopOf, verdictOf } from "./marks.js";

/**
 * Draw poems in `host`, a card each: {title, lines (undefined for one to come), poem (null while it is being written)}.
 * `script` is what they are in; `onChoose(i)` when one is taken up.
 */
export function drawBoard(host, cards, { script, onChoose }) {
  host.lang = script === "traditional" ? "zh-Hant" : "zh-Hans";
  fill(host, cards.map((card, i) => option(card, i, onChoose)));
}

function option({ title, lines, poem }, i, onChoose) {
  const name = `其${numeral(i + 1)}`;
  const verdict = poem && verdictOf(poem);
  return el(
    "li",
    { class: `option ${poem ? "" : "coming"}` },
    el("h3", {}, el("small", { text: name }), el("span", { text: title || "" })),
    el(
      "div",
      { class: "option-verse" },
      Array.from(lines, (line, k) => el("p", { text: line === undefined ? "　" : `${line}${stopOf(k, poem?.tune ? poem.stops : null)}` })),
    ),
    poem
      ? el("p", { class: "faint", text: [verdict?.sentence, headingOf(poem)].filter(Boolean).join(" ") })
      : el("p", { class: "faint waiting-dots", text: "正在落笔" }),
    button("取这一首", { class: "primary", label: `取这一首：${name} ${lines[0] ?? ""}`, disabled: !poem, on: () => onChoose(i) }),
  );
}
