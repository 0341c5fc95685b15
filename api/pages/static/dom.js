/** Building and redrawing the page without a framework, and never from text as markup. */

const present = (child) => child !== null && child !== undefined && child !== false;

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** An element; attributes whose value is a function are listeners (`onclick`). */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...children.flat(Infinity).filter(present));
  return element;
}

export const find = (selector, within = document) => within.querySelector(selector);

export const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Set an element's text only where it differs, so that screen readers are not told again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function place(container, element, index) {
  // Moving a node takes the focus away from it, so what is in its place already stays.
  if (container.children[index] !== element) {
    container.insertBefore(element, container.children[index] ?? null);
  }
}

function focusedWithin(element) {
  const focused = document.activeElement;
  return element.contains(focused) ? focused.getAttribute("data-focus") : null;
}

function redrawn(old, item, draw) {
  const focus = old && focusedWithin(old);
  const unfolded = old ? findAll("details[open]", old).map((one) => one.dataset.fold) : [];
  const element = draw(item);
  for (const name of unfolded)
    find(`details[data-fold="${name}"]`, element)?.setAttribute("open", "");
  old?.replaceWith(element);
  if (focus) find(`[data-focus="${focus}"]`, element)?.focus();
  return element;
}

/**
 * Bring a container in line with its items: only what changed is drawn again, keeping focus and
 * unfolded details. Each item needs a `key`; everything drawn must be inside the item.
 */
export function drawList(container, items, draw) {
  const known = (container.drawn ??= new Map());
  const wanted = new Set(items.map((item) => item.key));
  for (const [key, { element }] of known) {
    if (!wanted.has(key)) {
      element.remove();
      known.delete(key);
    }
  }
  items.forEach((item, index) => {
    const signature = JSON.stringify(item);
    const old = known.get(item.key);
    const same = old?.signature === signature;
    const element = same ? old.element : redrawn(old?.element, item, draw);
    known.set(item.key, { signature, element });
    place(container, element, index);
  });
}

/** Run once, soon, however often it is asked for; works in a hidden tab too. */
export function soon(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    setTimeout(() => {
      asked = false;
      action();
    }, 16);
  };
}
