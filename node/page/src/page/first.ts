// Runs before anything else on the page: takes the stamp out of the address, so that it is in no history, no screenshot
// and no copied link, and hands it to the page in memory alone.

const STAMP = /^#[A-Za-z0-9_-]{22}$/;

declare global {
  interface Window {
    /** The fragment of the link, until the page takes it. */
    vouchsafeFragment?: string;
  }
}

if (STAMP.test(location.hash)) {
  window.vouchsafeFragment = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
}

export {};
