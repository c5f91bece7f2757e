// 韵藻: the words that end in a rhyme character, with a line of a poet where the corpus is there.

import { linesOfWords, rhymeWords } from "./api.js";
import { el, fill } from "./dom.js";

const MOST = 16;

/** The address of the page that tells who used a word. */
export function placeOfWord(word) {
  return `/assets/rhymes.html#词=${word}`;
}

/** The words that end in `char`, in an element that fills when they have come; `onFill()` then. `heading`: its element. */
export function endsOf(char, script, { onFill = () => {}, heading = "h3" } = {}) {
  const host = el("div", { class: "ends-of" });
  rhymeWords(char, script).then(
    (words) => {
      if (!words.length) return;
      const shown = words.slice(0, MOST);
      const draw = (lines) => fill(host, el(heading, { text: `韵藻：以「${char}」收句的词` }), listOf(shown, lines, script));
      draw({});
      onFill();
      linesOfWords(char, script).then(
        (lines) => {
          draw(lines);
          onFill();
        },
        () => {}, // no corpus here: the words alone
      );
    },
    () => {}, // a help that is not there is no trouble
  );
  return host;
}

function listOf(words, lines, script) {
  const items = words.map(({ text, count }) => {
    const use = lines[text];
    return el(
      "li",
      { class: use ? "with-line" : "" },
      el("a", { href: placeOfWord(text), title: `约见 ${count} 次；看谁用过` }, text, el("small", { text: String(count) })),
      use ? el("span", { class: "faint", text: `${use.line}（${use.author}《${use.title}》）` }) : null,
    );
  });
  return el("ul", { class: "ends", lang: script === "traditional" ? "zh-Hant" : "zh-Hans" }, items);
}
