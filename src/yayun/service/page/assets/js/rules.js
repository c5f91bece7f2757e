// The lessons: each quoted poem is checked by the service and drawn as the studio draws it.

import { check } from "./api.js";
import { button, el, typeset } from "./dom.js";
import { headingOf, verdictOf } from "./marks.js";
import { drawFindings } from "./notes.js";
import { patternsFigure, typesFigure } from "./patterns.js";
import { attachTip } from "./tip.js";
import { VerseView } from "./verse.js";

const root = document.getElementById("lessons");

function drawContents() {
  const sections = [...root.querySelectorAll("section")];
  const links = new Map();
  for (const section of sections) {
    const link = el("a", { href: `#${section.id}`, text: section.querySelector("h2").textContent });
    links.set(section, link);
    document.getElementById("contents").append(el("li", {}, link));
  }
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(target).setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  sections.forEach((section) => seen.observe(section));
}

function bindToggles() {
  for (const toggle of document.querySelectorAll("[data-view]")) {
    const apply = (on) => {
      root.classList.toggle(`with-${toggle.dataset.view}`, on);
      toggle.setAttribute("aria-pressed", String(on));
    };
    apply(toggle.getAttribute("aria-pressed") === "true");
    toggle.addEventListener("click", () => apply(toggle.getAttribute("aria-pressed") !== "true"));
  }
}

/** Replace a quoted poem by its verse with signs and what the rules of the lesson say of it. */
async function drawExample(figure) {
  const quote = figure.querySelector("blockquote");
  const heading = figure.querySelector("figcaption").textContent;
  const [, author, title] = heading.match(/^(.*?)《(.*)》$/);
  const rules = figure.dataset.rules.split(" ").filter(Boolean);
  let poem;
  try {
    [poem] = await check({ text: quote.textContent, title });
  } catch (error) {
    const again = button("再试", { name: "again", on: () => (trouble.remove(), drawExample(figure)) });
    const trouble = el("p", { class: "said error", role: "alert" }, typeset(error.message), again);
    quote.after(trouble);
    return;
  }
  const host = el("div", { class: "example-verse" });
  const view = new VerseView(host, { label: heading });
  attachTip(view);
  view.show({ ...poem, review: poem });
  const findings = el("div", {});
  const ours = (finding) => rules.includes(finding.rule);
  drawFindings(findings, { review: { findings: poem.findings.filter(ours) } }, view, { first: ours });
  const others = poem.findings.filter((finding) => !ours(finding));
  const rest = el("div", {});
  drawFindings(rest, { review: { findings: others } }, view);
  const sent = new URLSearchParams({ check: `${title}\n${author}\n${quote.textContent}` });
  figure.classList.toggle("with-couplets", figure.dataset.couplets === "yes");
  quote.replaceWith(host);
  figure.append(
    el("p", { class: "facts", text: `${headingOf(poem)} · ${verdictOf({ ...poem, review: poem }).sentence}` }),
    ...(poem.findings.some(ours) ? [findings] : []),
    ...(others.length ? [el("details", {}, el("summary", { text: `这首诗的其他说明（${others.length}）` }), rest)] : []),
    el("a", { class: "try", href: `/#${sent}`, text: "拿到书房里改改看" }),
  );
}

/** Put a figure in its place; where it can't be had, say so there and offer to try again. */
async function drawFigure(id, figure) {
  const host = document.getElementById(id);
  try {
    host.append(await figure());
  } catch (error) {
    const again = button("再试", { name: "again", on: () => (trouble.remove(), drawFigure(id, figure)) });
    const trouble = el("p", { class: "said error", role: "alert" }, typeset(error.message), again);
    host.append(trouble);
  }
}

/** Draw the poems in order. Who came for a lesson is brought there again once what is above it has its height. */
async function drawExamples() {
  const asked = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  let moved = false;
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(event, () => (moved = true), { once: true, passive: true });
  for (const figure of root.querySelectorAll(".example")) {
    const after = asked && asked.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING;
    await drawExample(figure);
    if (asked && !after && !moved) asked.scrollIntoView({ behavior: "instant" });
  }
}

drawFigure("figure-types", typesFigure);
drawFigure("figure-patterns", patternsFigure);
drawContents();
bindToggles();
drawExamples();
