// The line types and the patterns made of them, as the service has them, drawn with the signs of the verse.

import { patterns } from "./api.js";
import { el } from "./dom.js";

// A quatrain and an octave for each opening, by the type of its first line.
const POEMS = { a: "登鹳雀楼、春望", A: "行宫、早发白帝城", b: "听筝、山居秋暝", B: "晚晴、锦瑟" };

function signs({ tones, rhymes }, width) {
  const text = tones[width];
  return el(
    "span",
    { class: "tones", role: "img", "aria-label": text },
    [...text].map((tone, i) =>
      el("span", { class: `key ${tone === "平" ? "level" : "oblique"} ${rhymes && i === text.length - 1 ? "foot" : ""}` }, el("i", { class: "sign" })),
    ),
  );
}

/** The line types in a table. */
export async function typesFigure() {
  const { types } = await patterns();
  const rows = types.map((line) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: line.type }),
      el("td", {}, signs(line, 5), el("small", { text: line.tones[5] })),
      el("td", {}, signs(line, 7), el("small", { text: line.tones[7] })),
      el("td", { text: line.rhymes ? "入韵" : "上句，不入韵" }),
    ),
  );
  const heads = ["句型", "五言", "七言", "用处"].map((text) => el("th", { scope: "col", text }));
  return el("table", { class: "types" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows));
}

/** The ways to open, each in both widths; a quatrain is the first two couplets. */
export async function patternsFigure() {
  const { types: lines, openings } = await patterns();
  const line = Object.fromEntries(lines.map((found) => [found.type, found]));
  const host = el("div", { class: "pattern-cards" });
  let width = 5;
  const draw = () =>
    cards.replaceChildren(
      ...openings.map(({ types, names }) =>
        el(
          "figure",
          { class: "pattern" },
          el("figcaption", { text: names[width] }),
          [...types].map((type, i) => el("div", { class: `pattern-line ${i === 4 ? "second" : ""}` }, el("span", { class: "type", text: type }), signs(line[type], width))),
          el("p", { class: "faint", text: `如 ${POEMS[types[0]]}` }),
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
