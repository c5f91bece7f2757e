// The four line types and the patterns made of them, drawn with the signs of the verse.

import { el } from "./dom.js";

// Five characters; seven put two of the opposite class in front (PROSODY's table).
const TYPES = { a: "仄仄平平仄", b: "平平平仄仄", A: "仄仄仄平平", B: "平平仄仄平" };
const USES = { a: "上句，不入韵", b: "上句，不入韵", A: "入韵", B: "入韵" };
const OPENINGS = [
  { five: "仄起", seven: "平起", first: "首句不入韵", types: "aBbAaBbA", poems: "登鹳雀楼、春望" },
  { five: "仄起", seven: "平起", first: "首句入韵", types: "ABbAaBbA", poems: "行宫、早发白帝城" },
  { five: "平起", seven: "仄起", first: "首句不入韵", types: "bAaBbAaB", poems: "听筝、山居秋暝" },
  { five: "平起", seven: "仄起", first: "首句入韵", types: "BAaBbAaB", poems: "晚晴、锦瑟" },
];

function tones(type, width) {
  const five = TYPES[type];
  return width === 5 ? five : (five[0] === "平" ? "仄仄" : "平平") + five;
}

function signs(type, width) {
  const text = tones(type, width);
  const rhymes = type === type.toUpperCase();
  return el(
    "span",
    { class: "tones", role: "img", "aria-label": text },
    [...text].map((tone, i) =>
      el("span", { class: `key ${tone === "平" ? "level" : "oblique"} ${rhymes && i === text.length - 1 ? "foot" : ""}` }, el("i", { class: "sign" })),
    ),
  );
}

/** The four types in a table. */
export function typesFigure() {
  const rows = Object.keys(TYPES).map((type) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: type }),
      el("td", {}, signs(type, 5), el("small", { text: TYPES[type] })),
      el("td", {}, signs(type, 7), el("small", { text: tones(type, 7) })),
      el("td", { text: USES[type] }),
    ),
  );
  const heads = ["句型", "五言", "七言", "用处"].map((text) => el("th", { scope: "col", text }));
  return el("table", { class: "types" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows));
}

/** The four ways to open, each in both widths; a quatrain is the first two couplets. */
export function patternsFigure() {
  const host = el("div", { class: "pattern-cards" });
  let width = 5;
  const draw = () =>
    cards.replaceChildren(
      ...OPENINGS.map(({ five, seven, first, types, poems }) =>
        el(
          "figure",
          { class: "pattern" },
          el("figcaption", { text: `${width === 5 ? five : seven}${first}` }),
          [...types].map((type, i) => el("div", { class: `pattern-line ${i === 4 ? "second" : ""}` }, el("span", { class: "type", text: type }), signs(type, width))),
          el("p", { class: "faint", text: `如 ${poems}` }),
        ),
      ),
    );
  const cards = el("div", { class: "cards" });
  const choose = (value, words) => {
    const input = el("input", { type: "radio", name: "width", checked: value === width });
    input.addEventListener("change", () => ((width = value), draw()));
    return el("label", {}, input, el("span", { text: words }));
  };
  host.append(el("fieldset", { class: "segments" }, el("legend", { class: "unseen", text: "五言或七言" }), choose(5, "五言"), choose(7, "七言")), cards);
  draw();
  return host;
}
