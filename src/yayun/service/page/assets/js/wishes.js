// Wishes that are said in a sentence of their own: a field for each, which puts it beside the request.

/** What is wished, as the request says it; `text` is what was typed. */
export const WISHED = {
  首句: (text) => `首句用“${text}”`,
  末句: (text) => `末句用“${text}”`,
  续写: (text) => `续写：${text}`,
  补全: (text) => `补全：${text}`,
  步韵: (text) => `步韵：${text}`,
  藏尾: (text) => `藏尾“${text}”`,
  斜嵌: (text) => `斜嵌“${text}”`,
  辘轳体: (text) => `用“${text}”写辘轳体`,
  集句: (text) => `集${text || "唐人"}句`,
  回文: () => "回文诗",
  上联: (text) => `上联：${text}`,
};
const BY_ITSELF = ["集句", "回文"];

/** The request with the wish beside it. */
export function wishing(request, kind, text) {
  if (!kind || (!text && !BY_ITSELF.includes(kind))) return request;
  const wish = WISHED[kind](text);
  return request.includes(wish) ? request : [request, wish].filter(Boolean).join("，");
}
