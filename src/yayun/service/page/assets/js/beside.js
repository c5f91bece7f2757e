// What stands by a poem that is no part of it: the 横批 of a couplet, whose the lines of 集句 are, 回文 read backwards.

import { el, fill } from "./dom.js";
import { punctuated } from "./marks.js";

/** Draw it in `host`; nothing of a poem that has been changed since. */
export function drawBeside(host, { lines, text = "", banner, sources = [], backwards }) {
  const asWritten = lines.every((line) => text.includes(line));
  fill(
    host,
    asWritten && banner ? el("p", { text: `横批：${banner}` }) : null,
    asWritten ? sources.map(({ dynasty, author, title }, i) => el("p", { text: `${lines[i]}——${dynasty}·${author}《${title}》` })) : null,
    asWritten && backwards ? el("p", { text: `倒读：${punctuated(backwards.lines).join("")}` }) : null,
  );
}
