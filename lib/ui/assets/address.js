// Where the app is, known from this file's own address. Without it Streamlit's page, at /train, first looks for its
// server below /train, and is answered 404.
window.__streamlit = { BACKEND_BASE_URL: new URL("../../", document.currentScript.src).href };

// What Back goes back to: what the visitor did. A page completes its address, so /tour becomes /tour?lesson=eager; that
// is no step of its own, or Back would lead to an address that the page completes again.
{
  let acted = false;
  for (const action of ["pointerdown", "keydown"]) addEventListener(action, () => { acted = true; }, true);
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const samePage = new URL(url, location.href).pathname === location.pathname;
    if (samePage && !acted) history.replaceState(state, title, url);
    else push(state, title, url);
    acted = false;
  };
}
