// The poem on the paper: its text, its locks, its past, and the verdict on it, asked for again after every change.

import { check } from "./api.js";
import { debounce } from "./dom.js";
import { punctuated } from "./marks.js";

const MOST_STEPS = 100;

/**
 * Fires `change` when text or locks change, `judged` when a verdict has come, `trouble` {error} when none could be had.
 * `poem` is what is shown: {title, author, lines, marks, review, form, rhyme, pattern, think, script}.
 */
export class Draft extends EventTarget {
  constructor({ wait = 350 } = {}) {
    super();
    this.poem = null;
    this.locked = [];
    this.past = [];
    this.future = [];
    this.asked = {};
    this.trial = null;
    this.soon = debounce(() => this.judge(), wait);
  }

  /** Begin with a poem. `asked`: {form, rhyme} it has to keep to; without, the verdict goes by the text alone. */
  load(poem, asked = {}, { locked = [] } = {}) {
    this.soon.cancel();
    this.poem = { title: "", author: "", marks: [], review: null, think: "", ...poem };
    this.locked = this.poem.lines.map((_, i) => Boolean(locked[i]));
    this.asked = asked;
    this.past = [];
    this.future = [];
    this.trial = null;
    this.#tell("change");
    if (this.poem.review) this.#tell("judged");
    else this.judge();
  }

  clear() {
    this.soon.cancel();
    this.poem = null;
    this.#tell("change");
  }

  /** The lines on show: those being tried out, or the poem's. */
  get lines() {
    return this.trial ?? this.poem?.lines ?? [];
  }

  /** Show a line as it would be, with its verdict, without taking it yet; null puts the poem back. */
  tryLine(index, text) {
    this.trial = text === null ? null : this.poem.lines.map((line, i) => (i === index ? text : line));
    this.#tell("change");
    this.soon();
  }

  setLine(index, text) {
    this.#take(this.poem.lines.map((line, i) => (i === index ? text : line)));
  }

  setChar(line, column, char) {
    const chars = [...this.poem.lines[line]];
    chars[column] = char;
    this.setLine(line, chars.join(""));
  }

  setTitle(title) {
    this.poem = { ...this.poem, title };
    this.#tell("change");
  }

  toggleLock(index) {
    this.locked = this.locked.map((lock, i) => (i === index ? !lock : lock));
    this.#tell("change");
  }

  undo() {
    if (this.past.length) this.#step(this.past, this.future);
  }

  redo() {
    if (this.future.length) this.#step(this.future, this.past);
  }

  #step(from, to) {
    to.push(this.poem.lines);
    this.poem = { ...this.poem, lines: from.pop() };
    this.trial = null;
    this.#tell("change");
    this.judge();
  }

  #take(lines) {
    this.trial = null;
    const same = lines.every((line, i) => line === this.poem.lines[i]);
    if (!same) {
      this.past = [...this.past.slice(1 - MOST_STEPS), this.poem.lines];
      this.future = [];
      this.poem = { ...this.poem, lines };
    }
    this.#tell("change");
    this.soon.cancel();
    this.judge();
  }

  /** Ask for the verdict on what is shown. An answer that is no longer about it is dropped. */
  async judge() {
    if (!this.poem) return;
    const lines = this.lines;
    const about = lines.join("\n");
    try {
      const [found] = await check({ text: punctuated(lines).join("\n"), title: this.poem.title, ...this.asked });
      if (!this.poem || this.lines.join("\n") !== about) return;
      const { form, rhyme, pattern, review, marks } = found;
      this.poem = { ...this.poem, form, rhyme, pattern, review: review ?? found, marks };
      this.#tell("judged");
    } catch (error) {
      if (this.lines.join("\n") === about) this.dispatchEvent(new CustomEvent("trouble", { detail: { error } }));
    }
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
