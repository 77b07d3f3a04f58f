// The picture of the ecosystem: links that open without loading the page anew, and as links in a new tab.
export default function ({ data, parentElement, setTriggerValue }) {
  let place = parentElement.querySelector(".ecosystem-map");
  if (!place) {
    place = document.createElement("div");
    place.className = "ecosystem-map";
    parentElement.append(place);
    place.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      place.open(link.dataset.opens);
    });
  }
  place.open = (box) => setTriggerValue("opened", box);
  if (place.drawn === data.drawings) return;
  // A box that has the keyboard's focus keeps it when the picture is drawn anew.
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.opens : "";
  place.innerHTML = place.drawn = data.drawings;
  const again = [...place.querySelectorAll(`[data-opens="${focused}"]`)];
  again.find((link) => link.checkVisibility())?.focus({ preventScroll: true });
}
