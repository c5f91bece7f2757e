// Poems on their way: what has come of each, and the drafts that gave way to better ones.

import { revised } from "./pondered.js";

/** How many lines of how many characters a form has, as far as its name or a sentence says. */
function shapeOf(words = "") {
  return { lines: /律/.test(words) ? 8 : 4, width: /七(言|绝|律|絕)/.test(words) ? 7 : 5 };
}

export class Drafts {
  /** For a request; `kept`: lines that stay. */
  constructor(body, kept = []) {
    this.kept = kept;
    this.count = body.count || 1;
    this.script = body.script || "simplified";
    this.title = body.title || "";
    this.poems = [];
    this.held = new Map();
    this.#form(body.form || body.request || "");
  }

  /** What the service read the request as. */
  read({ form, count, script, title }) {
    this.count = count ?? 1;
    this.script = script ?? "simplified";
    this.title = title ?? this.title;
    if (form) this.#form(form);
  }

  /** A draft begins, or takes the place of another. */
  begin({ poem, title, think }) {
    const { lines = [], past = [] } = this.held.get(poem) ?? {};
    const whole = lines.length && Array.from(lines).every(Boolean);
    this.held.set(poem, { title, think, lines, past: whole ? [...past, [...lines]] : past, before: whole ? [...lines] : null });
  }

  line({ poem, index, text }) {
    const found = this.held.get(poem) ?? { lines: [], past: [] };
    const lines = [...found.lines];
    lines[index] = text;
    this.held.set(poem, { ...found, lines });
  }

  /** A poem is done. */
  finish(poem) {
    const { past } = this.at(this.poems.length);
    const given = poem.lines.join();
    this.poems = [...this.poems, { ...poem, written: poem.lines, past: past.filter((lines) => lines.join() !== given) }];
  }

  /** There come no more than are done. */
  cut() {
    this.count = this.poems.length;
    return this;
  }

  /** A poem as far as it has come: {title, think, lines, past, was}, with a place for every line; `was`: what stood in the place
   * of a line that has been written again. */
  at(number) {
    const { title = this.title, think = "", lines = [], past = [], before = null } = this.held.get(number) ?? {};
    const count = Math.max(this.lines, lines.length, this.kept.length);
    // Another draft that has come to the front is no revision of this one.
    const was = [];
    for (const { index, was: line } of revised(before, lines) ?? []) was[index] = line;
    return { title, think, past, was, lines: Array.from({ length: count }, (_, i) => lines[i] ?? this.kept[i]) };
  }

  /** All of them, as cards to choose from. */
  all() {
    return Array.from({ length: this.count }, (_, i) => {
      const poem = this.poems[i] ?? null;
      return poem ? { title: poem.title, lines: poem.lines, poem } : { ...this.at(i), poem };
    });
  }

  #form(words) {
    const { lines, width } = shapeOf(words);
    this.lines = lines;
    this.width = Math.max(width, ...this.kept.map((line) => [...(line ?? "")].length));
  }
}
