// 韵藻: the words that end in a rhyme character.

import { rhymeWords } from "./api.js";
import { el, fill } from "./dom.js";

const MOST = 16;

/** The words that end in `char`, in an element that fills when they have come; `onFill()` then. */
export function endsOf(char, script, onFill = () => {}) {
  const host = el("div", { class: "ends-of" });
  rhymeWords(char, script).then(
    (words) => {
      if (!words.length) return;
      const items = words.slice(0, MOST).map(({ text, count }) => el("li", {}, text, el("small", { text: String(count), title: `约见 ${count} 次` })));
      fill(host, el("h3", { text: `韵藻：以「${char}」收句的词` }), el("ul", { class: "ends", lang: script === "traditional" ? "zh-Hant" : "zh-Hans" }, items));
      onFill();
    },
    () => {}, // a help that is not there is no trouble
  );
  return host;
}
