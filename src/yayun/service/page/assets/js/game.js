// The game 唐人还是机器: a hand of poems, one after another. What was answered is counted in this browser alone.

import { dealHand } from "./api.js";
import { button, el, fill, typeset } from "./dom.js";
import { recall, remember } from "./store.js";

const KEY = "yayun.game";
const NONE = { human: { seen: 0, taken: 0 }, machine: { seen: 0, taken: 0 } }; // taken: for a person's
const host = document.getElementById("game");

function opening(...more) {
  fill(host, el("h1", { text: "唐人还是机器？" }), el("p", { class: "faint", text: "三首唐人的诗，取自小家；三首机器的诗，题目也是唐人的。猜一猜哪首是谁写的。答了多少只记在这个浏览器里。" }), tally(), ...more);
}

function start() {
  opening(button("发诗", { class: "primary", on: deal }));
}

async function deal() {
  opening(el("p", { class: "faint waiting-dots", text: "正在选诗、写诗，头一次要十几秒" }));
  try {
    const poems = await dealHand();
    ask(poems, 0, 0);
  } catch (error) {
    opening(el("p", { class: "said error", role: "alert", text: typeset(error.message) }), button("再试一次", { name: "again", on: deal }));
  }
}

function ask(poems, at, right) {
  const poem = poems[at];
  fill(
    host,
    el("p", { class: "faint", text: `第 ${at + 1} 首，共 ${poems.length} 首` }),
    verse(poem),
    el("div", { class: "row" }, button("唐人写的", { on: () => answer(poems, at, right, true) }), button("机器写的", { on: () => answer(poems, at, right, false) })),
  );
  host.focus({ preventScroll: true });
}

function answer(poems, at, right, saidHuman) {
  const poem = poems[at];
  const human = Boolean(poem.author);
  count(human, saidHuman);
  const good = right + Number(human === saidHuman);
  const last = at + 1 === poems.length;
  fill(
    host,
    verse(poem),
    el("p", { class: `verdict ${human === saidHuman ? "passed" : "failed"}`, text: `${human === saidHuman ? "猜对了" : "猜错了"}：${human ? `是唐人${poem.author}写的` : "是机器写的"}。` }),
    last ? el("p", { text: `六首猜对 ${good} 首。` }) : null,
    last ? tally() : null,
    button(last ? "再来一局" : "下一首", { class: "primary", on: () => (last ? deal() : ask(poems, at + 1, good)) }),
  );
  host.querySelector(".button").focus();
}

function verse({ title, form, lines }) {
  return el("figure", { class: "riddle" }, el("figcaption", {}, el("h2", { text: title }), el("small", { class: "faint", text: form })), lines.map((line, i) => el("p", { text: `${line}${i % 2 ? "。" : "，"}` })));
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
