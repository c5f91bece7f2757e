// What the service read a request as: a chip a wish, to be changed or taken back, and what is not taken up, struck through.

import { readRequest, rhymeGroups } from "./api.js";
import { button, debounce, el, fill, numeral, typeset } from "./dom.js";
import { closePopover, openPopover } from "./popover.js";
import { Turns } from "./turns.js";

const FORMS = { 五绝: "五言绝句", 七绝: "七言绝句", 五律: "五言律诗", 七律: "七言律诗" };
const OCCASIONS = { 寿: "祝寿", 婚: "新婚", 迁: "乔迁", 学: "升学", 业: "开张", 迁官: "升迁", 悼: "悼亡" };
const YES_NO = { yes: "入韵", no: "不入韵" };

// name -> {label, words(value): what the chip says, choices(): {value: words} or null for free text, value(text), text(value)}
const WISHES = {
  form: { label: "体裁", words: (value) => FORMS[value] ?? value, choices: async () => FORMS },
  title: { label: "题目", words: (value) => `《${value}》` },
  theme: { label: "写的是" },
  rhyme: { label: "押", words: (value) => `${value}韵`, choices: groupChoices },
  rhyme_tone: { label: "押", words: (value) => `${value}声韵`, choices: groupChoices, sent: "rhyme" },
  pattern: { label: "起句", choices: async () => ({ 平起: "平起", 仄起: "仄起" }) },
  first_line_rhymes: {
    label: "首句",
    words: (value) => (value ? YES_NO.yes : YES_NO.no),
    choices: async () => YES_NO,
    value: (text) => text === "yes",
    text: (value) => (value ? "yes" : "no"),
  },
  imagery: { label: "意象", words: (value) => value.join("、"), value: split, text: (value) => value.join(" "), hint: "几样之间空一格" },
  acrostic: { label: "藏头" },
  way: { label: "写法", fixed: true },
  book: { label: "韵书", choices: async () => ({ 平水韵: "平水韵", 中华新韵: "中华新韵", 中华通韵: "中华通韵" }) },
  script: { label: "字体", words: (value) => ({ traditional: "繁体", simplified: "简体" })[value], choices: async () => ({ simplified: "简体", traditional: "繁体" }) },
  count: { label: "几首", words: (value) => `${numeral(value)}首`, choices: async () => ({ 1: "一首", 2: "二首", 3: "三首", 4: "四首" }), value: Number, text: String },
  avoid_words: { label: "不用", words: (value) => value.join("、"), fixed: true },
  avoid_rhymes: { label: "不押", words: (value) => value.map((name) => `${name}韵`).join("、"), fixed: true },
};

async function groupChoices() {
  return Object.fromEntries((await rhymeGroups()).map(({ name, label }) => [name, `${label}韵`]));
}

function split(text) {
  return text.split(/[\s,，、;；]+/).filter(Boolean);
}

export class Understood {
  /** In `host`; `ask()` is the request as the form has it. `onChange()` when a chip was changed or taken back. */
  constructor(host, { ask, onChange }) {
    this.host = host;
    this.ask = ask;
    this.onChange = onChange;
    this.list = host.querySelector(".wishes");
    this.left = host.querySelector(".unread");
    this.amended = new Map();
    this.turns = new Turns();
    this.soon = debounce(() => this.#look(), 400);
  }

  /** The request with what was changed here: what the sentence says of it does not count. */
  body() {
    const body = { ...this.ask() };
    for (const [name, value] of this.amended) body[WISHES[name]?.sent ?? name] = value;
    const without = [...this.amended.keys()].map((name) => WISHES[name]?.sent ?? name);
    return body.request && without.length ? { ...body, without: [...new Set(without)] } : body;
  }

  /** The sentence is another: what was changed of the last one is past. */
  forget() {
    this.amended.clear();
  }

  /** What a request takes back of its sentence was changed here. */
  take(body) {
    this.amended = new Map((body.without ?? []).map((name) => [name, body[name] ?? null]));
  }

  /** The form says this field itself now. */
  yield(name) {
    this.amended.delete(name);
  }

  clear() {
    this.#settle();
    this.host.hidden = true;
    this.list.replaceChildren();
    fill(this.left);
    this.left.hidden = true;
  }

  /** Show what was understood, and what was not taken up. */
  show({ understood = {}, unread = [], notes = [] }) {
    this.#settle();
    const chips = Object.keys(WISHES).filter((name) => name in understood).map((name) => this.#chip(name, understood[name]));
    const lines = (understood.locked ?? []).flatMap((line, i) => (line ? [this.#line(understood.locked, i)] : []));
    const occasion = understood.occasion ? [fixed("场合", OCCASIONS[understood.occasion] ?? understood.occasion)] : [];
    const all = [...chips, ...lines, ...occasion];
    fill(this.list, all.length ? all : el("li", { class: "faint", text: "没有指定什么，都由我来定。" }));
    const told = unread.filter((words) => !notes.some((note) => note.includes(words)));
    fill(
      this.left,
      unread.length ? el("p", {}, el("span", { text: "没有照办：" }), ...unread.map((words) => el("del", { text: words }))) : null,
      notes.map((note) => el("p", { text: typeset(note) })),
    );
    this.left.hidden = !told.length && !notes.length;
    this.host.hidden = false;
  }

  // What is on its way would say what is known now, or was known before.
  #settle() {
    this.turns.drop();
    this.soon.cancel();
  }

  // A refusal is said as soon as it is known; while one is still typing it is no alarm. `keep`: it is of what was changed
  // here; the chips stay, to be changed again.
  #refuse(message, keep) {
    if (!keep) fill(this.list);
    fill(this.left, el("p", { text: typeset(message) }));
    this.left.hidden = false;
    this.host.hidden = false;
  }

  async #look({ keep = false } = {}) {
    const body = this.body();
    if (!body.request) return this.clear();
    const last = this.turns.take();
    const found = await readRequest(body).catch((error) => error);
    if (!last()) return;
    if (!(found instanceof Error)) this.show(found);
    else if (found.status === 422) this.#refuse(found.message, keep);
    else this.clear();
  }

  #chip(name, value) {
    return this.#wish(name, WISHES[name], value, (taken) => this.#amend(name, taken));
  }

  // A line that was given: the others stay as they are.
  #line(locked, i) {
    const put = (text) => {
      const lines = locked.map((line, k) => (k === i ? text : line));
      this.#amend("locked", lines.some(Boolean) ? lines : null, `line-${i + 1}`);
    };
    return this.#wish(`line-${i + 1}`, { label: `第${numeral(i + 1)}句` }, locked[i], put);
  }

  // `put(value)` has it changed; null takes it back.
  #wish(name, wish, value, put) {
    const words = (wish.words ?? String)(value);
    return el(
      "li",
      { class: "wish", dataset: { wish: name } },
      wish.fixed
        ? el("span", { class: "wish-words" }, el("small", { text: wish.label }), words)
        : el(
            "button",
            { type: "button", class: "wish-words", "aria-haspopup": "dialog", "aria-label": `${wish.label}：${words}，改`, on: { click: () => this.#edit(name, wish, value, put) } },
            el("small", { text: wish.label }),
            words,
          ),
      button("", { name: "close", label: `不要这一条：${wish.label} ${words}`, class: "quiet", on: () => put(null) }),
    );
  }

  async #edit(name, wish, value, put) {
    const anchor = () => this.list.querySelector(`[data-wish="${name}"] button`) ?? this.list.querySelector("button");
    const { body, settle } = openPopover(`改${wish.label}`, anchor);
    const now = (wish.text ?? String)(value);
    const choices = wish.choices ? await wish.choices().catch(() => ({ [now]: wish.words(value) })) : null;
    if (!body.isConnected) return;
    const field = choices
      ? el("select", {}, Object.entries(now in choices ? choices : { [now]: wish.words(value), ...choices }).map(([key, words]) => el("option", { value: key, text: words, selected: key === now })))
      : el("input", { type: "text", class: "own", value: now, maxlength: "60", autocomplete: "off", placeholder: wish.hint });
    const submit = (event) => {
      event.preventDefault();
      const text = field.value.trim();
      const taken = text ? (wish.value ?? String)(text) : null;
      closePopover();
      put(taken);
    };
    body.append(
      el(
        "form",
        { class: "own-form", on: { submit } },
        el("label", { class: "own-label" }, el("span", { text: wish.label }), field),
        el("button", { type: "submit", class: "button", text: "用它" }),
      ),
    );
    settle();
    field.focus();
  }

  #amend(name, value, chip = name) {
    this.amended.set(name, value);
    this.onChange(name, value);
    this.#look({ keep: true }).then(() => {
      // Only where the focus went with the chip: who has gone on to write meanwhile is left alone.
      if (document.activeElement !== document.body) return;
      (this.list.querySelector(`[data-wish="${chip}"] button`) ?? this.list.querySelector("button"))?.focus();
    });
  }
}

function fixed(label, words) {
  return el("li", { class: "wish" }, el("span", { class: "wish-words" }, el("small", { text: label }), words));
}
