// Poems written before, kept in this browser only: the text, not the verdict (that is asked for again). A poem has one
// entry, whatever script it is in: `scripts` is its verse in both, as the service gives it.

import { recall, remember } from "./store.js";

const KEY = "yayun.history.v1";
const MOST = 500;
const KEPT = ["title", "author", "lines", "form", "rhyme", "pattern", "think", "script", "own", "request", "asked", "scripts"];
const FORMAT = { yayun: "旧作", version: 1 };
const LONGEST = { lines: 40, line: 40, title: 100, think: 4000 };

function read() {
  const found = recall(KEY, []);
  return Array.isArray(found) ? found.filter((entry) => Array.isArray(entry?.lines)) : [];
}

// Keep the latest, and all that are starred; fewer where the browser has no more room. False where it has none at all.
function write(entries, most = MOST) {
  const starred = entries.filter((entry) => entry.star).length;
  let room = Math.max(0, most - starred);
  const kept = entries.filter((entry) => entry.star || room-- > 0);
  return remember(KEY, kept) || (kept.length > starred && write(entries, Math.max(starred, Math.floor(kept.length * 0.8))));
}

/** Every poem kept, the latest first. */
export const all = read;

/** Those that have every one of some words in their title, verse, author, form or rhyme, in either script. */
export function search(words) {
  const wanted = words.trim().split(/[\s,，。、]+/).filter(Boolean);
  return read().filter((entry) => {
    const { title, author, lines, form, rhyme, scripts } = entry;
    const text = [title, author, lines.join(""), form, rhyme && `${rhyme}韵`, scripts?.simplified, scripts?.traditional].filter(Boolean).join("\n");
    return wanted.every((word) => text.includes(word));
  });
}

/** Keep a poem; returns its id, to keep it up to date by. One that is there already comes to the front. */
export function keep(poem) {
  const entries = read();
  const same = entries.find((entry) => isSame(entry, poem));
  const id = same?.id ?? newId();
  write([{ ...only(poem), id, at: Date.now(), star: same?.star }, ...entries.filter((entry) => entry !== same)]);
  return id;
}

/** Put a poem's new wording in its place; a poem no longer kept is left alone. */
export function update(id, poem) {
  const entries = read();
  if (!entries.some((entry) => entry.id === id)) return;
  const others = entries.filter((entry) => entry.id !== id && isSame(entry, poem));
  const star = others.some((entry) => entry.star);
  write(
    entries
      .filter((entry) => !others.includes(entry))
      .map((entry) => (entry.id === id ? { ...entry, ...only(poem), star: entry.star || star } : entry)),
  );
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

/** Call `fn` when another tab changes the shelf. */
export function onElsewhere(fn) {
  addEventListener("storage", ({ key }) => key === KEY && fn());
}

/** All of it as the text of a file. */
export function toFile() {
  return JSON.stringify({ ...FORMAT, poems: read() }, null, 1);
}

/** Take in what `toFile` wrote, here or in another browser. Returns {added, had, left}: poems that came, were there, found no
 * room; throws an Error with one sentence. */
export function fromFile(text) {
  let told = null;
  try {
    told = JSON.parse(text);
  } catch {
    throw new Error("这个文件读不出来：请选从旧作存出的 .json 文件。");
  }
  if (told?.yayun !== FORMAT.yayun || !Array.isArray(told.poems)) throw new Error("这不是从旧作存出的文件。");
  const sound = told.poems.filter(isSound);
  if (told.poems.length && !sound.length) throw new Error("文件里没有一首能用的诗。");
  const entries = read();
  const known = new Set(entries.map(wordsOf));
  const fresh = sound.filter((poem) => !known.has(wordsOf(poem)) && known.add(wordsOf(poem)));
  const taken = fresh.map((poem) => ({ ...only(poem), id: newId(), at: Number(poem.at) || Date.now(), star: Boolean(poem.star) }));
  write([...entries, ...taken].sort((a, b) => (b.at ?? 0) - (a.at ?? 0)));
  const ids = new Set(read().map(({ id }) => id));
  const added = taken.filter(({ id }) => ids.has(id)).length;
  return { added, had: sound.length - fresh.length, left: fresh.length - added };
}

function isSound({ lines, title, author, think, own, scripts } = {}) {
  const text = (value, most) => value === undefined || value === null || (typeof value === "string" && value.length <= most);
  return (
    Array.isArray(lines) && lines.length > 0 && lines.length <= LONGEST.lines &&
    lines.every((line) => typeof line === "string" && line && line.length <= LONGEST.line) &&
    [title, author].every((value) => text(value, LONGEST.title)) && text(think, LONGEST.think) &&
    (!own || isSound(own)) && (!scripts || Object.values(scripts).every((value) => text(value, LONGEST.lines * LONGEST.line)))
  );
}

function isSame(one, other) {
  return wordsOf(one) === wordsOf(other);
}

function wordsOf({ scripts, lines }) {
  return scripts?.simplified ?? lines.join("");
}

function newId() {
  return `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
}

function only(poem) {
  return Object.fromEntries(KEPT.filter((name) => poem[name] !== undefined).map((name) => [name, poem[name]]));
}
