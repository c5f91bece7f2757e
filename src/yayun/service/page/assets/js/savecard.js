// The dialog in which a poem becomes a picture.

import { button, el, toast } from "./dom.js";
import { layout, PAPERS, toPng, toSvg, toSvgText } from "./card.js";
import { recall, remember } from "./store.js";

const KEY = "yayun.card";

/** Open the dialog for a poem. */
export function openCard(poem) {
  const chosen = { paper: "xuan", vertical: true, signature: "", ...recall(KEY, {}) };
  if (!PAPERS[chosen.paper]) chosen.paper = "xuan";
  const preview = el("div", { class: "card-preview", role: "img", "aria-label": `《${poem.title || "无题"}》的图` });
  const plan = () => layout(poem, chosen);
  const redraw = () => {
    remember(KEY, chosen);
    preview.replaceChildren(toSvg(plan()));
  };
  const choose = (name, value) => {
    chosen[name] = value;
    redraw();
  };
  const papers = Object.entries(PAPERS).map(([value, { name }]) => radio("paper", value, name, chosen.paper === value, () => choose("paper", value)));
  const settings = [
    radio("setting", "v", "竖排", chosen.vertical, () => choose("vertical", true)),
    radio("setting", "h", "横排", !chosen.vertical, () => choose("vertical", false)),
  ];
  const signature = el("input", { type: "text", maxlength: "8", value: chosen.signature, placeholder: "可以不写" });
  signature.addEventListener("input", () => choose("signature", signature.value.trim()));
  const name = fileName(poem);
  const dialog = el(
    "dialog",
    { class: "card-dialog", "aria-labelledby": "card-title" },
    el("h2", { id: "card-title", text: "存成图片" }),
    preview,
    el(
      "div",
      { class: "card-choices" },
      el("fieldset", { class: "segments" }, el("legend", { text: "纸" }), papers),
      el("fieldset", { class: "segments" }, el("legend", { text: "排法" }), settings),
      el("label", { class: "field" }, el("span", { text: "署名" }), signature),
      el(
        "div",
        { class: "row" },
        button("存 PNG", { name: "picture", class: "primary", on: async () => save(await toPng(plan()), `${name}.png`) }),
        button("存 SVG", { name: "picture", on: () => save(new Blob([toSvgText(plan())], { type: "image/svg+xml" }), `${name}.svg`) }),
        button("关上", { on: () => dialog.close() }),
      ),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  redraw();
  dialog.showModal();
}

function radio(group, value, words, checked, onChoose) {
  const input = el("input", { type: "radio", name: `card-${group}`, value, checked });
  input.addEventListener("change", onChoose);
  return el("label", {}, input, el("span", { text: words }));
}

/** Let the browser save a blob under a name. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  toast(`已存为 ${name}`);
}

/** A file name for a poem, without its ending. */
export function fileName(poem) {
  const title = (poem.title || poem.lines[0] || "诗").replace(/[\\/:*?"<>|\s.]+/g, "");
  return `押韵-${[...title].slice(0, 16).join("") || "诗"}`;
}
