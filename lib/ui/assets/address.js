// Where the app is, known from this file's own address. Without it Streamlit's page, at /train, first looks for its
// server below /train, and is answered 404.
window.__streamlit = { BACKEND_BASE_URL: new URL("../../", document.currentScript.src).href };
