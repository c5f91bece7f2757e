// 推敲: what gave way on the way to a poem. A line that was written again stands old to new; of another draft, the whole.

import { el, numeral } from "./dom.js";
import { punctuated } from "./marks.js";

const REVISED = 2; // lines that are written again at a time

/** The lines in which a draft differs from the one before it: [{index, was}]; null where it is another draft altogether. */
export function revised(before, lines) {
  if (!before || before.length !== lines.length) return null;
  const changed = before.flatMap((was, index) => (was === lines[index] ? [] : [{ index, was }]));
  return changed.length <= REVISED ? changed : null;
}

/** List in `host` the drafts that gave way, the last first; `lines`: what the last of them gave way to. */
export function drawPondered(host, past, lines) {
  const rows = past.map((draft, i) => row(draft, past[i + 1] ?? lines));
  host.replaceChildren(...rows.reverse());
}

function row(draft, next) {
  const changed = next && revised(draft, next);
  if (!changed?.length) return el("li", {}, el("del", { text: punctuated(draft).join("") }));
  return el(
    "li",
    {},
    changed.map(({ index, was }) =>
      el("span", { class: "turned-line" }, el("small", { text: `第${numeral(index + 1)}句` }), el("del", { text: was }), el("ins", { text: next[index] })),
    ),
  );
}
