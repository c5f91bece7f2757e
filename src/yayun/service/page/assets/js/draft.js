// The poem on the paper: its text, its locks, its past, and the verdict on it, asked for again after every change.

import { check } from "./api.js";
import { debounce } from "./dom.js";
import { own, reworded, scriptToAsk } from "./own.js";
import { punctuated } from "./marks.js";
import { Turns } from "./turns.js";

const MOST_STEPS = 100;

/**
 * Fires `change` when text or locks change, `judged` when a verdict has come, `trouble` {error} when none could be had.
 * `poem` is what is shown: {title, author, lines, script, marks, review, form, rhyme, pattern, think, own}; `own` is the
 * text as it was written, which is judged (see own.js). What could not be judged has no review, and `error` says why.
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
    this.error = null;
    this.turns = new Turns();
    this.soon = debounce(() => this.judge(), wait);
  }

  /** Begin with a poem. `asked`: {form, rhyme} it has to keep to; without, the verdict goes by the text alone. */
  load(poem, asked = {}, { locked = [] } = {}) {
    this.#forget();
    const whole = { title: "", author: "", marks: [], review: null, think: "", ...poem };
    const written = own(whole);
    this.poem = { ...whole, script: whole.script ?? written.script, own: written };
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
    this.#forget();
    this.poem = null;
    this.trial = null;
    this.#tell("change");
  }

  /** The poem on show: the wording being tried out, or the one that stands. */
  get shown() {
    return this.trial ?? this.poem;
  }

  get lines() {
    return this.shown?.lines ?? [];
  }

  /** Show a line as it would be, with its verdict, without taking it yet; null puts the poem back. */
  tryLine(index, text) {
    this.trial = text === null ? null : reworded(this.poem, { [index]: text });
    this.#tell("change");
    if (this.trial || !this.poem.review) this.soon();
    else this.#forget();
  }

  setLine(index, text) {
    this.#take(reworded(this.poem, { [index]: text }));
  }

  setChar(line, column, char) {
    const chars = [...this.poem.lines[line]];
    chars[column] = char;
    this.setLine(line, chars.join(""));
  }

  setTitle(title) {
    this.#take(reworded(this.poem, {}, title));
  }

  /** Show the poem in the other script; what is judged stays the text as it was written. */
  async turn(script) {
    const before = this.poem;
    try {
      const turned = await this.#judged({ ...before, script });
      if (this.poem && sameText(this.shown, before)) this.#take(turned);
    } catch (error) {
      this.#trouble(error);
    }
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
    to.push(this.poem);
    this.poem = from.pop();
    this.trial = null;
    this.#tell("change");
    this.judge();
  }

  #take(poem) {
    this.trial = null;
    if (!sameText(poem, this.poem)) {
      this.past = [...this.past.slice(1 - MOST_STEPS), this.poem];
      this.future = [];
      this.poem = poem;
    }
    this.#tell("change");
    this.soon.cancel();
    this.judge();
  }

  /** Ask for the verdict on what is shown. An answer that is no longer about it is dropped. */
  async judge() {
    const about = this.shown;
    if (!about) return;
    const last = this.turns.take();
    const wanted = () => last() && this.poem && sameText(this.shown, about);
    try {
      const found = await this.#judged(about);
      if (!wanted()) return;
      this.error = null;
      this.#put(found);
      this.#tell("judged");
    } catch (error) {
      if (!wanted()) return;
      // What was said of other words says nothing of these.
      this.error = error;
      this.#put({ ...about, review: null, marks: [] });
      this.#tell("change");
    }
  }

  #put(poem) {
    if (this.trial) this.trial = poem;
    else this.poem = poem;
  }

  // No verdict that is on its way is wanted any more.
  #forget() {
    this.soon.cancel();
    this.turns.drop();
    this.error = null;
  }

  // A poem with its verdict, and its words in the script it is shown in.
  async #judged(poem) {
    const { title, author, lines } = poem.own;
    const script = scriptToAsk(poem);
    const { tune, book, stops, stanzas } = poem;
    const asked = tune ? { tune } : { ...this.asked, ...(book && { book }) };
    const text = punctuated(lines, tune ? { stops, stanzas } : {}).join("\n");
    const [found] = await check({ text, title, author, script, ...asked });
    const { form, rhyme, pattern, review, marks, scripts } = found;
    const told = { tune: found.tune, variant: found.variant, book: found.book, stops: found.stops, stanzas: found.stanzas };
    const words = script ? found : poem.own;
    return { ...poem, title: words.title, author: words.author, lines: words.lines, form, rhyme, pattern, ...told, review: review ?? found, marks, scripts };
  }

  #trouble(error) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: { error } }));
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

function sameText(one, other) {
  return one.title === other.title && one.script === other.script && one.lines.join("\n") === other.lines.join("\n");
}
