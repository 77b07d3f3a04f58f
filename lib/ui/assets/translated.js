// A browser's translator puts <font> elements in place of the page's texts. Streamlit's page (React) keeps the texts that
// it made: it fails where it removes one that is no longer there, or inserts something before it, and what it writes into
// one is not seen (https://github.com/facebook/react/issues/11538). So such a text comes back before it is touched, and
// the translator translates it anew. What is code, or is written by scripts at every moment, is not to be translated.

const KEPT = [
  "pre", "code", ".growing-chart", ".bar-chart", ".digit-boxes", ".pen-line", ".picture", "[data-testid=stPlotlyChart]",
].join(",");

// By a text that was taken out: the element that stands in its place.
const places = new WeakMap();

const isFont = (node) => node?.nodeName === "FONT";

const bringBack = (text) => {
  if (!(text instanceof Text)) return;
  let place = places.get(text) ?? text.parentNode;
  while (isFont(place?.parentNode)) place = place.parentNode;
  if (isFont(place) && place.isConnected) place.replaceWith(text);
  places.delete(text);
};

const note = ({ addedNodes, removedNodes, previousSibling, nextSibling }) => {
  const font = [...addedNodes, previousSibling, nextSibling].find(isFont);
  if (font) for (const gone of removedNodes) if (gone instanceof Text) places.set(gone, font);
  for (const node of addedNodes) {
    if (!(node instanceof Element)) continue;
    for (const kept of [node, ...node.querySelectorAll(KEPT)]) if (kept.matches(KEPT)) kept.setAttribute("translate", "no");
  }
};

new MutationObserver((changes) => changes.forEach(note)).observe(document, { childList: true, subtree: true });

const { removeChild, insertBefore } = Node.prototype;
Node.prototype.removeChild = function (child) {
  if (child.parentNode !== this) bringBack(child);
  return removeChild.call(this, child);
};
Node.prototype.insertBefore = function (node, before) {
  if (before && before.parentNode !== this) bringBack(before);
  return insertBefore.call(this, node, before);
};

const written = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
Object.defineProperty(Node.prototype, "nodeValue", {
  ...written,
  set(value) {
    if (places.has(this)) bringBack(this);
    written.set.call(this, value);
  },
});
