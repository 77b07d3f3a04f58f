// One card for each member of a class: a sign, the name, what they do, a bar for how far; forty fit on a screen. Cards
// stay where they are while their content changes, so a press meets the one that it was meant for. Each has a press that
// removes the member, or lets in who is at the door.

const lists = new WeakMap();

const element = (parent, tag, className, text = "") => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.appendChild(made);
  return made;
};

const say = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

const create = (list, name, made) => {
  const card = element(list, "li", "class-card");
  const press = (className, text, event) => {
    const button = element(card, "button", className, text);
    button.type = "button";
    button.onclick = () => made.tell(event, name);
    return button;
  };
  const parts = {
    card,
    sign: element(card, "span", "class-sign"),
    name: element(card, "strong", "class-name"),
    said: element(card, "span", "class-said"),
    brief: element(card, "span", "class-brief"),
    bar: element(element(card, "span", "class-bar"), "span", ""),
    admit: press("class-admit", "", "admitted"),
    remove: press("class-remove", "×", "removed"),
  };
  // What they mean is said in words.
  parts.sign.setAttribute("aria-hidden", "true");
  parts.brief.setAttribute("aria-hidden", "true");
  return parts;
};

const show = (parts, card, words) => {
  parts.card.dataset.state = card.state;
  say(parts.sign, card.sign);
  say(parts.name, card.called);
  say(parts.said, [card.where, card.said].filter(Boolean).join(", "));
  say(parts.brief, card.brief);
  parts.card.title = `${card.called}: ${parts.said.textContent}`;
  parts.bar.parentElement.hidden = card.share === null;
  parts.bar.style.width = `${100 * (card.share ?? 0)}%`;
  say(parts.admit, words.admit);
  parts.admit.hidden = card.state !== "state_door";
  parts.remove.hidden = words.remove === "";
  parts.remove.title = words.remove.replace("{name}", card.called);
  parts.remove.setAttribute("aria-label", parts.remove.title);
};

export function update({ data, parentElement, setTriggerValue }) {
  let made = lists.get(parentElement);
  if (!made) {
    made = { list: element(parentElement, "ul", "class-cards"), cards: new Map() };
    lists.set(parentElement, made);
  }
  made.tell = setTriggerValue;
  made.list.setAttribute("aria-label", data.words.list);
  const there = new Set(data.cards.map(({ name }) => name));
  for (const [name, { card }] of made.cards) {
    if (there.has(name)) continue;
    card.remove();
    made.cards.delete(name);
  }
  data.cards.forEach((card) => {
    if (!made.cards.has(card.name)) made.cards.set(card.name, create(made.list, card.name, made));
    show(made.cards.get(card.name), card, data.words);
  });
}

export function remove(parentElement) {
  lists.get(parentElement)?.list.remove();
  lists.delete(parentElement);
}
