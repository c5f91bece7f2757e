// The game 唐人还是机器: a hand of poems, one after another. What was answered is counted in this browser alone.

import { dealHand } from "./api.js";
import { button, el, fill, markAfter, numeral, typeset } from "./dom.js";
import { recall, remember } from "./store.js";

const KEY = "yayun.game";
const NONE = { human: { seen: 0, taken: 0 }, machine: { seen: 0, taken: 0 } }; // taken: for a person's
const NAME = "唐人还是机器？";
const host = document.getElementById("game");

function opening(...more) {
  fill(host, el("h1", { text: NAME }), el("p", { class: "faint", text: "三首唐人的诗，取自小家；三首机器的诗，题目也是唐人的。猜一猜哪首是谁写的。答了多少只记在这个浏览器里。" }), tally(), ...more);
}

function start() {
  opening(button("发诗", { class: "primary", on: deal }));
}

async function deal() {
  opening(el("p", { class: "faint waiting-dots", text: "正在选诗、写诗，头一次要十几秒" }));
  try {
    ask(await dealHand(), []);
  } catch (error) {
    opening(el("p", { class: "said error", role: "alert", text: typeset(error.message) }), button("再试一次", { name: "again", on: deal }));
  }
}

/** Show the next poem of a hand; `said`: the answers so far, true where a poem was taken for a person's. */
function ask(poems, said) {
  const poem = poems[said.length];
  fill(
    host,
    el("h1", { class: "unseen", text: NAME }),
    el("p", { class: "faint", text: `第 ${said.length + 1} 首，共 ${poems.length} 首` }),
    verse(poem),
    el("div", { class: "row" }, ...[["唐人写的", true], ["机器写的", false]].map(([words, human]) => button(words, { on: () => answer(poems, [...said, human]) }))),
  );
  host.focus({ preventScroll: true });
}

function answer(poems, said) {
  const poem = poems[said.length - 1];
  const good = isRight(poem, said.at(-1));
  const last = said.length === poems.length;
  count(Boolean(poem.author), said.at(-1));
  fill(
    host,
    el("h1", { class: "unseen", text: NAME }),
    el("p", { class: "faint", text: `第 ${said.length} 首，共 ${poems.length} 首` }),
    verse(poem),
    el("p", { class: `verdict ${good ? "passed" : "failed"}`, text: `${good ? "猜对了" : "猜错了"}：${writerOf(poem)}写的。` }),
    ...(last ? ending(poems, said) : []),
    button(last ? "再来一局" : "下一首", { class: "primary", on: () => (last ? deal() : ask(poems, said)) }),
  );
  host.querySelector(".button.primary").focus();
}

function isRight(poem, saidHuman) {
  return Boolean(poem.author) === saidHuman;
}

function writerOf({ author }) {
  return author ? `是唐人${author}` : "是机器";
}

function ending(poems, said) {
  const right = poems.filter((poem, i) => isRight(poem, said[i])).length;
  const rows = poems.map((poem, i) =>
    el(
      "li",
      { class: isRight(poem, said[i]) ? "right" : "wrong" },
      el("span", { text: `《${poem.title}》` }),
      el("span", { class: "faint", text: `${poem.author || "机器"}，${isRight(poem, said[i]) ? "对" : "错"}` }),
    ),
  );
  return [el("h2", { text: `${numeral(poems.length)}首猜对 ${right} 首` }), el("ol", { class: "hand" }, rows), tally()];
}

function verse({ title, form, lines }) {
  return el(
    "figure",
    { class: "riddle" },
    el("figcaption", {}, el("h2", { text: title }), el("small", { class: "faint", text: form })),
    lines.map((line, i) => el("p", { text: `${line}${markAfter(i)}` })),
  );
}

function count(human, saidHuman) {
  const kept = recall(KEY, NONE);
  const side = human ? "human" : "machine";
  const { seen, taken } = kept[side];
  remember(KEY, { ...kept, [side]: { seen: seen + 1, taken: taken + Number(saidHuman) } });
}

function tally() {
  const { human, machine } = recall(KEY, NONE);
  const all = human.seen + machine.seen;
  if (!all) return null;
  const right = human.taken + machine.seen - machine.taken;
  const words = `至今猜了 ${all} 首，对 ${right} 首；机器的 ${machine.seen} 首里有 ${machine.taken} 首当成了唐人，唐人的 ${human.seen} 首里有 ${human.seen - human.taken} 首当成了机器。`;
  return el("div", { class: "row" }, el("p", { class: "tally", text: words }), button("从头记", { class: "small", on: () => (remember(KEY, NONE), start()) }));
}

start();
