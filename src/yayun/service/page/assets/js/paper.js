// The sheet: what is on it, how it is set, and what state it is in.

import { drawBeside } from "./beside.js";
import { drawBoard } from "./board.js";
import { button, el, numeral, typeset } from "./dom.js";
import { drawFindings, drawVerdict } from "./notes.js";
import { headingOf, verdictOf } from "./marks.js";
import { drawPondered } from "./pondered.js";
import { recall, remember } from "./store.js";
import { VerseView } from "./verse.js";
import { attachTip } from "./tip.js";

const KEY = "yayun.view";
const VIEWS = ["signs", "readings", "couplets", "vertical"];
const byId = (id) => document.getElementById(id);

export class Paper {
  constructor() {
    this.root = byId("paper");
    this.view = new VerseView(byId("verse"), { editable: true, label: "诗稿，方向键走字，回车换字" });
    attachTip(this.view);
    this.settings = { signs: true, readings: false, couplets: false, vertical: false, ...recall(KEY, {}) };
    for (const toggle of this.root.querySelectorAll("[data-view]")) {
      toggle.addEventListener("click", () => this.#set(toggle.dataset.view, !this.settings[toggle.dataset.view]));
    }
    this.scripts = [...this.root.querySelectorAll("[data-script]")];
    this.#apply();
  }

  /** empty, writing, board, poem or trouble. */
  set state(name) {
    this.root.dataset.state = name;
    for (const node of [...this.scripts, byId("title")]) node.disabled = name !== "poem";
    if (name === "empty") this.#quiet();
  }

  get state() {
    return this.root.dataset.state;
  }

  /** Draw the poem with the lines on show. */
  draw(draft, { fresh = false } = {}) {
    const poem = draft.shown;
    this.state = "poem";
    this.#head(poem);
    this.view.show(poem, { locked: draft.locked, fresh });
    byId("facts").textContent = headingOf(poem);
    drawBeside(byId("beside"), poem);
    this.#couplets(this.view.cells.some((row) => row.some((cell) => cell.parallel !== null)));
    this.pondered(poem.past, poem.think, poem.written);
  }

  /** Draw what the review says of the poem, or why there is none. */
  judge(draft) {
    const poem = draft.shown;
    const verdict = verdictOf(poem);
    const stamp = byId("stamp");
    stamp.className = `stamp ${verdict?.kind ?? ""}`;
    stamp.replaceChildren(...[...(verdict?.seal ?? "")].map((char) => el("span", { text: char })));
    if (!verdict) return this.#unjudged(draft);
    drawVerdict(byId("verdict"), poem);
    drawFindings(byId("findings"), poem, this.view);
  }

  #unjudged(draft) {
    const { error } = draft;
    byId("findings").replaceChildren();
    byId("verdict").replaceChildren(
      ...(error
        ? [el("p", { class: "said error", text: `没有评成：${typeset(error.message)}` }), button("再评", { name: "again", class: "small", on: () => draft.judge() })]
        : [el("p", { class: "faint waiting-dots", text: "正在评" })]),
    );
  }

  /** Draw poems on their way: one on the sheet, several side by side. */
  write(drafts) {
    const { title = "", lines, think = "", past, was } = drafts.at(0);
    this.#quiet();
    this.pondered(past, think, Array.from(lines).every(Boolean) ? lines : null);
    if (drafts.count > 1) return this.board(drafts.all(), { script: drafts.script });
    this.state = "writing";
    this.#head({ title, author: "", script: drafts.script });
    byId("facts").textContent = "";
    byId("beside").replaceChildren();
    byId("stamp").className = "stamp";
    byId("verdict").replaceChildren(el("p", { class: "faint waiting-dots", text: past.length ? "正在推敲" : "正在落笔" }));
    this.view.write(lines, lines.length, drafts.width, was);
  }

  /** Several poems side by side; `onChoose(i)` takes one up. */
  board(cards, { script, onChoose = () => {} }) {
    this.state = "board";
    this.#quiet();
    drawBoard(byId("board"), cards, { script, onChoose });
  }

  /** What was thought of, and the drafts that gave way to better ones, at last to `lines`. */
  pondered(past = [], think = "", lines = null) {
    const host = byId("drafts");
    host.hidden = !past.length;
    host.querySelector("summary span").textContent = past.length ? `换下 ${past.length} 稿` : "";
    drawPondered(host.querySelector("ol"), past, lines);
    byId("thinking").hidden = !think;
    byId("think").textContent = typeset(think);
  }

  /** Say what went wrong, with what can be done about it. */
  trouble(message, actions = []) {
    this.state = "trouble";
    this.#quiet();
    byId("trouble").replaceChildren(el("p", { class: "trouble-head", text: "没有写成" }), el("p", { text: typeset(message) }), el("div", { class: "row" }, actions));
  }

  /** One button a poem, where there are several, and one to see them side by side. */
  several(count, at, onChoose, onBoard) {
    const host = byId("several");
    const focused = host.contains(document.activeElement);
    host.hidden = count < 2;
    host.replaceChildren(
      ...Array.from({ length: count < 2 ? 0 : count }, (_, i) =>
        button(`其${numeral(i + 1)}`, { class: "toggle", "aria-pressed": String(i === at), on: () => onChoose(i) }),
      ),
      ...(count < 2 ? [] : [button("并排看", { class: "toggle", on: onBoard })]),
    );
    if (focused) host.querySelector('[aria-pressed="true"]')?.focus();
  }

  // Nothing is said of what is not there.
  #quiet() {
    byId("verdict").replaceChildren();
    byId("findings").replaceChildren();
    this.pondered();
  }

  #head({ title, author, script }) {
    byId("title").textContent = title || "";
    byId("title").setAttribute("aria-label", title ? `《${title}》，改题目` : "加题目");
    byId("author").textContent = author || "";
    byId("sheet").lang = script === "traditional" ? "zh-Hant" : "zh-Hans";
    for (const node of this.scripts) node.setAttribute("aria-pressed", String(node.dataset.script === (script ?? "simplified")));
  }

  // A quatrain need not be parallel: then there is nothing to show.
  #couplets(due) {
    const toggle = this.root.querySelector('[data-view="couplets"]');
    toggle.disabled = !due;
    toggle.title = due ? "" : "律诗中间两联才要对仗";
  }

  #set(name, on) {
    this.settings = { ...this.settings, [name]: on };
    remember(KEY, this.settings);
    this.#apply();
  }

  #apply() {
    for (const name of VIEWS) {
      this.root.classList.toggle(`with-${name}`, this.settings[name]);
      this.root.querySelector(`[data-view="${name}"]`).setAttribute("aria-pressed", String(this.settings[name]));
    }
  }
}
