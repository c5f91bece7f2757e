// The poem read aloud by the browser's own voice, and put on paper.

import { announce, toast } from "./dom.js";
import { punctuated } from "./marks.js";

const PACE = 0.75; // of the speed of talk

/** Bind a button that reads `poem()` aloud, and stops; it is there only where the browser can. */
export function bindAloud(node, poem) {
  if (!("speechSynthesis" in window)) return;
  node.hidden = false;
  const words = node.querySelector("span");
  const rest = () => {
    words.textContent = "朗读";
    node.setAttribute("aria-pressed", "false");
  };
  rest();
  node.addEventListener("click", () => {
    if (speechSynthesis.speaking || node.getAttribute("aria-pressed") === "true") {
      speechSynthesis.cancel();
      return rest();
    }
    const { title, lines } = poem();
    const said = new SpeechSynthesisUtterance([title, ...punctuated(lines)].filter(Boolean).join("。\n"));
    said.lang = "zh-CN";
    said.rate = PACE;
    said.voice = speechSynthesis.getVoices().find(({ lang }) => /^(zh|cmn)/i.test(lang)) ?? null;
    said.onend = rest;
    said.onerror = ({ error }) => {
      rest();
      if (!["canceled", "interrupted"].includes(error)) toast("这个浏览器没有能念中文的声音。");
    };
    words.textContent = "停";
    node.setAttribute("aria-pressed", "true");
    speechSynthesis.speak(said);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

/** Print what is on the sheet; `forClass`: with tones, rhymes and findings. */
export function printSheet(forClass) {
  document.body.classList.toggle("for-class", forClass);
  announce(forClass ? "打印讲义" : "打印诗稿");
  print();
}
