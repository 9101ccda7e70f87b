// Making elements, without a line of markup in texts: what is shown is set as text, so nothing of a dossier can be more.

type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

function filled<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

/** An element with attributes (functions are listeners) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function s(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A button that does not submit. */
export function button(text: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", click: act, ...attributes }, text);
}

let ids = 0;

/** A labelled field. `help` is read out with it. */
export function field(
  label: string,
  input: HTMLInputElement | HTMLTextAreaElement,
  help: string | null = null,
): HTMLElement {
  ids += 1;
  input.id = `field-${ids}`;
  const note = help === null ? null : h("p", { class: "help", id: `help-${ids}` }, help);
  if (note !== null) input.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, note);
}

/** A button for a file input: a browser's own says "no file chosen" in the browser's language, not in the page's. */
export function fileChooser(text: string, input: HTMLInputElement): HTMLElement {
  input.className = "hidden-input";
  input.tabIndex = -1;
  input.setAttribute("aria-hidden", "true");
  return h(
    "span",
    {},
    button(text, () => input.click()),
    input,
  );
}

/** Offers text or bytes as a file. */
export function saveFile(name: string, content: BlobPart, type = "application/json"): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // Some in-app browsers read the file only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The drawings of verdicts and steps, 24 units wide. */
const SHAPES: Readonly<Record<string, string>> = {
  good: "M4 12.5l5.5 5.5L20 7",
  bad: "M6 6l12 12M18 6L6 18",
  care: "M12 5v9M12 18.5v.5",
  unsure: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .6-1.5 1.2-1.5 2.3M12 18.5v.5",
  wait: "M6 12h.5M12 12h.5M18 12h.5",
  none: "M7 12h10",
};

/** A drawing that says what colour and word say too. */
export function icon(shape: string): SVGElement {
  const stroke = {
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2.6",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  };
  return s(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
    s("path", { d: SHAPES[shape] ?? "", ...stroke }),
  );
}
