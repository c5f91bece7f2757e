// The verdict in words: seal, scores, findings.

import { el, fill, typeset } from "./dom.js";
import { placesOf, SEVERITY, sorted, verdictOf, whereOf } from "./marks.js";

const SCORES = [
  ["tones", "平仄"],
  ["rhymes", "用韵"],
  ["antithesis", "对仗"],
  ["length", "字数"],
];

/** The sentence and the four scores of a poem's review. */
export function drawVerdict(host, poem) {
  const verdict = verdictOf(poem);
  if (!verdict) return host.replaceChildren();
  const owed = SCORES.filter(([name]) => name !== "antithesis" || owesParallels(poem));
  const scores = owed.map(([name, word]) => meter(word, poem.review.scores?.[name]));
  fill(
    host,
    el("p", { class: `verdict ${verdict.kind}`, text: verdict.sentence }),
    verdict.kind === "old" ? null : el("div", { class: "scores" }, scores.filter(Boolean)),
  );
}

/** A quatrain owes no parallel couplets: its score in them says nothing. */
function owesParallels({ form = "" }) {
  return !/绝/.test(form);
}

function meter(word, score) {
  if (typeof score !== "number") return null;
  const percent = Math.round(score * 100);
  const bar = el("span", { class: "bar" }, el("span", { class: "fill" }));
  bar.firstChild.style.inlineSize = `${percent}%`;
  return el(
    "div",
    { class: "score", role: "meter", "aria-label": word, "aria-valuenow": String(percent), "aria-valuemin": "0", "aria-valuemax": "100" },
    el("span", { class: "score-word", text: word }),
    bar,
    el("span", { class: "score-number", text: String(percent) }),
  );
}

/** The findings as a list; looking at one lights its places up in `view`, choosing one goes there. */
export function drawFindings(host, poem, view, { first = () => false } = {}) {
  const findings = sorted(poem.review?.findings ?? []);
  findings.sort((a, b) => Number(first(b)) - Number(first(a)));
  if (!findings.length) {
    host.replaceChildren(el("p", { class: "faint", text: "没有要说的：平仄、粘对、用韵都守住了。" }));
    return;
  }
  host.replaceChildren(el("ol", { class: "findings" }, findings.map((finding) => item(finding, view))));
}

function item(finding, view) {
  const places = placesOf(finding);
  const light = () => view.light(places);
  const dark = () => view.light();
  const head = [
    el("span", { class: `chip ${finding.severity}`, text: SEVERITY[finding.severity] }),
    el("b", { text: finding.rule }),
    el("span", { class: "faint", text: whereOf(finding) }),
  ];
  const [at] = places;
  const on = { mouseenter: light, mouseleave: dark, focus: light, blur: dark };
  const go = () => at && view.focus(at.line, at.column ?? 1);
  const body = [el("span", { class: "finding-head" }, head), el("span", { class: "finding-text", text: `${typeset(finding.message)}${/[。？！]$/.test(finding.message) ? "" : "。"}` })];
  return el(
    "li",
    {},
    at
      ? el("button", { type: "button", class: `finding ${finding.severity}`, on: { ...on, click: go } }, body)
      : el("div", { class: `finding ${finding.severity}` }, body),
  );
}
