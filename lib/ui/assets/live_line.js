// The line on a run and its bar: what the server said last (`update`), or the run's event stream.

import { hear } from "./live_stream.js";

const lines = new WeakMap();

const element = (name, className, parent) => {
  const made = document.createElement(name);
  made.className = className;
  parent.appendChild(made);
  return made;
};

// Text whose parts between backticks are code. The nodes are new each time: a translator may have replaced the old ones.
const write = (node, text) => {
  if (node.said === text) return;
  node.said = text;
  node.replaceChildren(...text.split("`").map((part, i) => {
    if (i % 2 === 0) return document.createTextNode(part);
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  }));
};

const show = ({ words, bar, filled }, { line, share }) => {
  write(words, line);
  const percent = Math.round(100 * share);
  bar.setAttribute("aria-valuenow", percent);
  filled.style.width = `${100 * share}%`;
};

const create = (parent) => {
  const node = element("div", "live-line", parent);
  const words = element("p", "", node);
  const bar = element("div", "live-bar", node);
  bar.setAttribute("role", "progressbar");
  return { node, words, bar, filled: element("div", "", bar) };
};

export function update({ data, parentElement }) {
  if (!lines.has(parentElement)) lines.set(parentElement, create(parentElement));
  const line = lines.get(parentElement);
  line.bar.setAttribute("aria-label", data.bar);
  line.bar.hidden = data.share === null;
  show(line, data);
  if (line.stream === data.stream?.url) return;
  line.leave?.();
  line.stream = data.stream?.url;
  line.leave = data.stream && hear(data.stream, { tick: (tick) => { if (!document.hidden) show(line, tick); } });
}

export function remove(parentElement) {
  const line = lines.get(parentElement);
  line?.leave?.();
  line?.node.remove();
  lines.delete(parentElement);
}
