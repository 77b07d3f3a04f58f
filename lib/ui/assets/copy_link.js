// Copies the address of the page. A browser may forbid that, and over plain http there is no clipboard at all: then the
// link is shown, selected, to be copied by hand.

const SAID_MS = 2000;

const create = (parent) => {
  const button = document.createElement("button");
  button.type = "button";
  const field = document.createElement("input");
  field.readOnly = true;
  field.hidden = true;
  const place = document.createElement("div");
  place.className = "copy-link";
  place.append(button, field);
  parent.append(place);
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      field.hidden = true;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = button.dataset.copy; }, SAID_MS);
    } catch {
      field.value = location.href;
      field.hidden = false;
      field.select();
    }
  };
  return place;
};

export default function ({ data, parentElement }) {
  const [button, field] = (parentElement.querySelector(".copy-link") ?? create(parentElement)).children;
  Object.assign(button.dataset, { copy: data.copy, copied: data.copied });
  button.textContent = data.copy;
  button.setAttribute("aria-live", "polite");
  field.setAttribute("aria-label", data.link);
}
