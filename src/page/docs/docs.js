/** Gives people with keyboards and screen readers what swagger-ui keeps from them, whenever it has drawn something. */

/** @type {[selector: string, mend: (element: HTMLElement) => void][]} */
const MENDS = [
  // Inside a button that unfolds the operation: a second way to do the same, which cannot be reached.
  ['button a[href]', (link) => link.removeAttribute('href')],
  ['select:not([aria-label])', (list) => list.setAttribute('aria-label', nameOf(list))],
  ['textarea:not([aria-label])', (text) => text.setAttribute('aria-label', 'Request body')],
  ['.close-modal:not([aria-label])', (button) => button.setAttribute('aria-label', 'Close')],
  // A name that is not what the button says.
  ['[aria-label="Apply credentials"]', (button) => button.removeAttribute('aria-label')],
  // What scrolls must be reachable.
  ['pre:not([tabindex])', (text) => text.setAttribute('tabindex', '0')],
];

/** @param {HTMLElement} list */
function nameOf(list) {
  if (list.id === 'servers') return 'Server';
  return list.closest('.examples-select') === null ? 'Media type' : 'Example';
}

function mend() {
  for (const [selector, change] of MENDS)
    for (const element of document.querySelectorAll(selector)) change(/** @type {HTMLElement} */ (element));
}

new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
