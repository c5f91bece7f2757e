// The tunes of 词: finding one by its name or its length, and its pattern on view before anything is written.

import { everyTune, tuneNamed } from "./api.js";
import { debounce, el, fill, typeset } from "./dom.js";
import { Turns } from "./turns.js";

const LISTED = 400;
const RHYMES = "ABCDEFGHIJ";

/** Bind the fields of `form` that name a tune: `tune`, its list, the length to look among, and the place for its pattern. */
export function tunePicker(form) {
  const { tune } = form.elements;
  const length = form.querySelector(".tune-length");
  const list = form.querySelector("#tunes");
  const host = form.querySelector(".tune-pattern");
  const turns = new Turns();
  let every = null;

  const offer = async () => {
    every ??= everyTune();
    const tunes = await every.catch(() => ((every = null), []));
    const held = tunes.filter(({ size }) => !length.value || size === length.value);
    fill(list, held.slice(0, LISTED).map(({ name, names, characters, poems }) => el("option", { value: name, label: `${characters}字 宋词${poems}首 ${names.slice(0, 3).join("、")}` })));
  };

  const show = async () => {
    const latest = turns.take();
    const name = tune.value.trim();
    host.hidden = !name;
    if (!name) return;
    const found = await tuneNamed(name).catch((error) => error);
    if (!latest()) return;
    fill(host, found instanceof Error ? el("p", { class: "said error", text: typeset(found.message) }) : pattern(found));
  };

  tune.addEventListener("focus", offer, { once: true });
  length.addEventListener("change", offer);
  tune.addEventListener("input", debounce(show, 300));
  return show;
}

/** A tune's pattern: what it is, each clause in signs, a gap between stanzas; two rhymes in two colours. */
function pattern({ tune, variant, characters, poems, stanzas, classic }) {
  const known = classic ? `，名作如${classic.author}「${classic.first}」` : "";
  return [
    el("p", { class: "faint", text: `${tune} ${variant}：${characters} 字，宋词 ${poems} 首${known}` }),
    ...stanzas.map((stanza) => el("p", { class: "tune-stanza" }, stanza.map(clause))),
  ];
}

function clause({ tones, mark, rhyme }) {
  const words = `${tones}${mark}${rhyme ? "（韵）" : ""}`;
  const second = rhyme && RHYMES.indexOf(rhyme.toUpperCase()) % 2 ? "second-rhyme" : "";
  const kinds = { 平: "level", 仄: "oblique", 中: "either" };
  const signs = [...tones].map((tone, i) => {
    const foot = rhyme && i === tones.length - 1 ? `foot ${second}` : "";
    return el("span", { class: `key ${kinds[tone] ?? ""} ${foot}` }, el("i", { class: "sign" }));
  });
  return el("span", { class: "tune-clause", role: "img", "aria-label": words }, signs, el("span", { text: mark }));
}
