// A poem's own text beside the one on show: turned into the other script, it is still judged as it was written, and
// turning it back gives what was written. `mixed`: words in the other script have been put into it since.

import { scriptOf } from "./marks.js";

/** The own text of a poem: what was kept of it, or the poem as it is. */
export function own({ title, author, lines, script = scriptOf(lines), own: kept }) {
  return kept ?? { title, author, lines, script, mixed: false };
}

/** A poem with other lines ({index: text}) or another title; where the words stay, so does the own text. */
export function reworded(poem, lines, title = poem.title) {
  const { own: written } = poem;
  const changed = title !== poem.title || Object.entries(lines).some(([i, text]) => text !== poem.lines[i]);
  return {
    ...poem,
    title,
    lines: poem.lines.map((line, i) => lines[i] ?? line),
    own: {
      ...written,
      title: title === poem.title ? written.title : title,
      lines: written.lines.map((line, i) => (lines[i] === undefined ? line : woven(line, poem.lines[i], lines[i]))),
      mixed: written.mixed || (changed && poem.script !== written.script),
    },
  };
}

/** The script the service has to show a poem in; undefined where that is the text as it was written. */
export function scriptToAsk({ script, own: written }) {
  return script === written.script && !written.mixed ? undefined : script;
}

// The characters of a line that stay keep their own spelling.
function woven(written, shown, text) {
  const [before, seen, now] = [written, shown, text].map((line) => [...line]);
  if (before.length !== now.length || seen.length !== now.length) return text;
  return now.map((char, i) => (char === seen[i] ? before[i] : char)).join("");
}
