// Giving the visitor a file, and its text where the browser of an app gives no files.

import { button, h, saveFile } from "./dom.ts";
import { t } from "./words.ts";

/** A button that saves `text`; once it was pressed, the text itself can be taken instead. */
export function fileButton(
  label: string,
  name: string,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  const place = h("span", { class: "file" });
  const save = (): void => {
    saveFile(name, text);
    if (place.childElementCount === 1) place.append(textView(label, text));
  };
  place.append(button(label, save, attributes));
  return place;
}

function textView(label: string, text: string): HTMLElement {
  const shown = h("textarea", { readonly: true, rows: "6", "aria-label": label, spellcheck: "false" });
  shown.value = text;
  const done = h("span", { role: "status" });
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      done.textContent = t("text_copied");
    } catch {
      // In-app browsers often keep the clipboard to themselves: the text is marked, for the visitor to copy.
      shown.select();
      done.textContent = t("text_marked");
    }
  };
  return h(
    "details",
    { class: "as-text" },
    h("summary", {}, t("file_as_text")),
    shown,
    button(t("text_copy"), () => void copy(), { class: "quiet" }),
    " ",
    done,
  );
}
