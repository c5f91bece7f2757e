// The service, as functions. Every failure is an ApiError with one sentence to show.

import { events } from "./sse.js";
import { recall, remember, TAB } from "./store.js";

const KEY = "yayun.key";

/** What went wrong, in words for people. `retryAfter`: seconds to wait before another try, or null. */
export class ApiError extends Error {
  constructor(message, { status = 0, retryAfter = null } = {}) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Remember the key of a service that asks for one, for as long as the tab is open; those who were refused may ask again. */
export function setKey(key) {
  remember(KEY, key, TAB);
  dispatchEvent(new Event("yayun-key"));
}

async function call(path, { body, signal } = {}) {
  const headers = {};
  if (body) headers["Content-Type"] = "application/json";
  const key = recall(KEY, "", TAB);
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers,
      body: body ? JSON.stringify(withoutBlanks(body)) : undefined,
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("连不上服务。请看看 yayun serve 还在不在运行，再试一次。");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** A whole answer's JSON. */
async function answer(path, options) {
  const response = await call(path, options);
  return response.json().catch((error) => {
    throw error.name === "AbortError" ? error : brokenOff();
  });
}

function brokenOff() {
  return new ApiError("连接断了，没有答完。请再试一次。");
}

async function refusal(response) {
  const told = await response.json().catch(() => null);
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const message = typeof told?.error === "string" ? told.error : `服务答了 ${response.status}，没有说明缘由。`;
  return new ApiError(message, { status: response.status, retryAfter: Number.isFinite(wait) ? wait : null });
}

function withoutBlanks(body) {
  return Object.fromEntries(
    Object.entries(body).filter(([, v]) => v !== undefined && v !== null && v !== "" && !(Array.isArray(v) && !v.length)),
  );
}

/**
 * Write poems, telling of each draft as it comes: `onPlan({poem, title, think})` where one begins or takes another's place,
 * `onLine({poem, index, text})` for its lines; then `onPoem(poem)` for each poem.
 * First `onRead({understood, unread, notes})` says what the request is read as, and what of it is not taken up.
 * Rejects with ApiError; with AbortError when `signal` says stop.
 */
export async function compose(body, { signal, onRead, onPlan, onLine, onPoem }) {
  const response = await call("/api/compose?stream=1", { body, signal });
  const told = { line: onLine, plan: onPlan, read: onRead, poem: onPoem };
  for await (const { event, data } of events(response.body)) {
    if (event === "error") throw new ApiError(data.message);
    if (event === "done") return;
    told[event]?.(data);
  }
  throw new ApiError("写到一半，连接断了。请再试一次。");
}

/** What a request is read as, without writing anything: {understood, unread, notes}. Rejects as `compose` would. */
export async function readRequest(body) {
  return answer("/api/read", { body });
}

/** Review the poems in a text; a list, one entry a poem. */
export async function check(body, { signal } = {}) {
  return (await answer("/api/check", { body, signal })).reviews;
}

/** Lines or characters that may stand at a place, best first: [{text, score, note}]. */
export async function suggest(body, { signal } = {}) {
  return (await answer("/api/suggest", { body, signal })).candidates;
}

const book = new Map();

async function look(path) {
  if (!book.has(path)) book.set(path, await answer(path));
  return book.get(path);
}

/** The groups of the rhyme book in order: [{name, label, tone}]. */
export async function rhymeGroups() {
  return (await look("/api/rhyme")).groups;
}

/** The line types [{type, rhymes, tones: {5, 7}}] and the openings [{types, names: {5, 7}}] of regulated verse. */
export function patterns() {
  return look("/api/patterns");
}

/** The tunes of 词, the commonest first: [{name, names, characters, poems, size}]. */
export async function everyTune() {
  return (await look("/api/tunes")).tunes;
}

/** A tune's pattern: {tune, variant, characters, poems, stanzas: [[{tones, mark, rhyme}]], classic}. */
export function tuneNamed(name) {
  return look(`/api/tunes?name=${encodeURIComponent(name)}`);
}

/** A group's characters, the ones verse uses most first. */
export async function rhymeCharacters(group) {
  return (await look(`/api/rhyme?group=${encodeURIComponent(group)}`)).characters;
}

/** A character's readings: [{group, label?, tone, sense}]. */
export async function rhymeReadings(char) {
  return (await look(`/api/rhyme?char=${encodeURIComponent(char)}`)).readings;
}

/** Words that verse ends its lines with and that end in a character, the commonest first: [{text, count}]. */
export async function rhymeWords(char, script = "simplified") {
  return (await look(`/api/words?char=${encodeURIComponent(char)}&script=${script}`)).words;
}

/** For the commonest of those words a line of a poet, by word: {word: {line, author, title, dynasty}}. Rejects where there is no corpus. */
export async function linesOfWords(char, script = "simplified") {
  return (await look(`/api/words/lines?char=${encodeURIComponent(char)}&script=${script}`)).lines;
}

/** A hand of the game 唐人还是机器: [{title, form, lines, author}], author "" for the machine's. */
export async function dealHand() {
  return (await answer("/api/game")).poems;
}

/** Who writes plain-language notes: {by}, null where the service has no large model. */
export function glosser() {
  return answer("/api/gloss");
}

/** A plain-language note to a line (from 1) of a poem: {plain, words: [{word, meaning}], allusions: [{word, source, meaning}]}. */
export function glossLine(body) {
  return answer("/api/gloss", { body });
}

/** Who used a word, and where: {word, lines, poems, authors: [{author, dynasty, count}], uses: [{line, answer, author, dynasty, title}]}. */
export function whoUsed(word) {
  return look(`/api/corpus?word=${encodeURIComponent(word)}`);
}
