// Poems written before, kept in this browser only: the text, not the verdict (that is asked for again).

import { recall, remember } from "./store.js";

const KEY = "yayun.history.v1";
const MOST = 100;
const KEPT = ["title", "author", "lines", "form", "rhyme", "pattern", "think", "script", "own", "request", "asked"];

function read() {
  const found = recall(KEY, []);
  return Array.isArray(found) ? found.filter((entry) => Array.isArray(entry?.lines)) : [];
}

function write(entries) {
  const starred = entries.filter((entry) => entry.star);
  const others = entries.filter((entry) => !entry.star).slice(0, Math.max(0, MOST - starred.length));
  const kept = entries.filter((entry) => entry.star || others.includes(entry));
  try {
    remember(KEY, kept);
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    remember(KEY, kept.slice(0, Math.floor(kept.length / 2)));
  }
}

/** Every poem kept, the latest first. */
export const all = read;

/** Keep a poem; returns its id, to keep it up to date by. */
export function keep(poem) {
  const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  write([{ ...only(poem), id, at: Date.now() }, ...read()]);
  return id;
}

/** Put a poem's new wording in its place; a poem no longer kept is left alone. */
export function update(id, poem) {
  write(read().map((entry) => (entry.id === id ? { ...entry, ...only(poem) } : entry)));
}

/** Mark a poem, or take the mark away; marked ones are never dropped for age. */
export function star(id) {
  write(read().map((entry) => (entry.id === id ? { ...entry, star: !entry.star } : entry)));
}

export function remove(id) {
  write(read().filter((entry) => entry.id !== id));
}

/** Forget all but the marked. */
export function clear() {
  write(read().filter((entry) => entry.star));
}

function only(poem) {
  return Object.fromEntries(KEPT.filter((name) => poem[name] !== undefined).map((name) => [name, poem[name]]));
}
