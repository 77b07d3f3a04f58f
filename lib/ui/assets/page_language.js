// Tells screen readers, hyphenation and the browser's translator which language the page is in, and says Streamlit's own
// words in it, and Plotly's: they are English only. A text or name is replaced where it is one of these words as a whole; code is not.

const ATTRIBUTES = ["aria-label", "placeholder", "title", "data-title"];
const CODE = "pre, code, textarea, [translate=no]";

let patterns = [];

// What the page says instead of this text; undefined where it is none of Streamlit's words.
const said = (text) => {
  for (const [pattern, words] of patterns) if (pattern.test(text)) return text.replace(pattern, words);
  return undefined;
};

const sayText = (text) => {
  const words = said(text.data);
  if (words !== undefined && !text.parentElement?.closest(CODE)) text.data = words;
};

const sayNames = (element) => {
  for (const name of ATTRIBUTES) {
    const words = element.hasAttribute(name) ? said(element.getAttribute(name)) : undefined;
    if (words !== undefined) element.setAttribute(name, words);
  }
};

const sayAll = (root) => {
  if (root instanceof Text) { sayText(root); return; }
  if (!(root instanceof Element)) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = root; node; node = walker.nextNode()) {
    if (node instanceof Text) sayText(node); else sayNames(node);
  }
};

const watcher = new MutationObserver((changes) => changes.forEach(({ type, target, addedNodes }) => {
  if (type === "childList") addedNodes.forEach(sayAll);
  else if (type === "characterData") sayText(target);
  else sayNames(target);
}));

const exactly = (words) => words.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\}/g, "(.+)");
const filled = (words) => words.replaceAll("$", "$$$$").replace(/\{\}/g, "$1");

const speak = (pairs) => {
  patterns = pairs.map(([from, to]) => [new RegExp(`^${exactly(from)}$`), filled(to)]);
  sayAll(document.body);
};

let spoken = {};

export default ({ data }) => {
  document.documentElement.lang = data.language;
  if (JSON.stringify(spoken) === JSON.stringify(data.words)) return;
  watcher.disconnect();
  speak(Object.entries(spoken).map(([from, to]) => [to, from]));
  spoken = data.words;
  speak(Object.entries(spoken));
  if (Object.keys(spoken).length) {
    watcher.observe(document.body, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
    });
  }
};
