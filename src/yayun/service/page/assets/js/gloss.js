// 白话: plain-language notes to the lines, where the service writes through a large model. Kept as long as the tab is open.

import { glosser, glossLine } from "./api.js";
import { announce, button, el, fill, numeral, typeset } from "./dom.js";
import { recall, remember, TAB } from "./store.js";

const KEY = "yayun.gloss";
const MOST = 80; // lines whose notes are kept

/** The notes in `host` (a details element), which stays hidden where no model is there. Returns {show(poem)}. */
export function glossary(host) {
  const kept = new Map(recall(KEY, [], TAB));
  const pending = new Map(); // line -> why there is no note: "" while it is on its way, or what went wrong
  const list = el("ol", { class: "glosses" });
  const by = el("p", { class: "faint" });
  const tools = el("div", { class: "row" });
  let poem = null;
  let there = false;
  host.append(list, tools, by);

  async function meet() {
    const found = await glosser().catch(() => null);
    there = Boolean(found?.by);
    by.textContent = there ? `由语言模型（${found.by}）注，未经核对。` : "";
    draw();
  }

  function show(shown) {
    poem = shown;
    draw();
  }

  function draw() {
    host.hidden = !there || !poem;
    if (host.hidden) return;
    fill(list, poem.lines.map(row));
    const left = poem.lines.filter((line) => !kept.has(line) && pending.get(line) !== "");
    fill(tools, left.length ? button(left.length < poem.lines.length ? "其余都注" : "全诗都注", { class: "small", on: askAll }) : null);
  }

  function row(line, i) {
    const note = kept.get(line);
    const why = pending.get(line);
    const nth = `第${numeral(i + 1)}句`;
    return el(
      "li",
      {},
      el("p", { class: "gloss-line", lang: poem.script === "traditional" ? "zh-Hant" : "zh-Hans", text: line }),
      note ? noteOf(note) : null,
      !note && why === "" ? el("p", { class: "faint waiting-dots", text: "正在注" }) : null,
      why ? el("p", { class: "said error", role: "alert", text: typeset(why) }) : null,
      !note && why !== "" ? button("注这一句", { class: "small", label: `${nth}：注这一句`, on: () => ask(i) }) : null,
    );
  }

  /** Have line `i` (from 0) of the poem noted. */
  async function ask(i) {
    const { title, author, lines } = poem;
    const line = lines[i];
    if (kept.has(line) || pending.get(line) === "") return;
    host.open = true;
    pending.set(line, "");
    draw();
    try {
      keep(line, await glossLine({ title, author, lines, line: i + 1 }));
      pending.delete(line);
      announce(`第${numeral(i + 1)}句：${kept.get(line).plain}`);
    } catch (error) {
      pending.set(line, error.message);
    }
    draw();
  }

  // One after another, as long as this poem is the one on the sheet and the model answers.
  async function askAll() {
    const asked = poem;
    for (const i of asked.lines.keys()) {
      if (poem.lines[i] !== asked.lines[i] || host.hidden) return;
      await ask(i);
      if (pending.get(asked.lines[i])) return;
    }
  }

  function keep(line, note) {
    kept.set(line, note);
    for (const old of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST))) kept.delete(old);
    remember(KEY, [...kept], TAB);
  }

  addEventListener("yayun-key", meet);
  meet();
  return { show };
}

function noteOf({ plain, words, allusions }) {
  return el(
    "div",
    { class: "gloss" },
    el("p", { text: typeset(plain) }),
    words.length ? el("dl", {}, words.map(({ word, meaning }) => el("div", {}, el("dt", { text: word }), el("dd", { text: typeset(meaning) })))) : null,
    allusions.map(({ word, source, meaning }) =>
      el("p", { class: "said" }, el("b", { text: `用典 · ${word}${source ? `（${source}）` : ""}` }), typeset(meaning)),
    ),
  );
}
