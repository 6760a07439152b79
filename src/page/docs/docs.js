/** Fixes accessibility problems of swagger-ui whenever it has rendered. */

/** @type {[selector: string, fix: (element: HTMLElement) => void][]} */
const FIXES = [
  // A link inside the button that expands the operation: redundant, and unreachable by keyboard.
  ['button a[href]', (link) => link.removeAttribute('href')],
  ['select:not([aria-label])', (list) => list.setAttribute('aria-label', nameOf(list))],
  ['textarea:not([aria-label])', (text) => text.setAttribute('aria-label', 'Request body')],
  ['.close-modal:not([aria-label])', (button) => button.setAttribute('aria-label', 'Close')],
  // The label differs from the button's visible text.
  ['[aria-label="Apply credentials"]', (button) => button.removeAttribute('aria-label')],
  // Scrollable content must be focusable.
  ['pre:not([tabindex])', (text) => text.setAttribute('tabindex', '0')],
];

/** @param {HTMLElement} list */
function nameOf(list) {
  if (list.id === 'servers') return 'Server';
  return list.closest('.examples-select') === null ? 'Media type' : 'Example';
}

function fixAll() {
  for (const [selector, fix] of FIXES)
    for (const element of document.querySelectorAll(selector)) fix(/** @type {HTMLElement} */ (element));
}

new MutationObserver(fixAll).observe(document.documentElement, { childList: true, subtree: true });
