// QR codes: the on-demand part, reading from camera and photo, drawing one.

import type { Codes } from "./codes.ts";
import { button, h, s } from "./dom.ts";
import { part } from "./ondemand.ts";
import { t } from "./words.ts";

/** The part of the page that knows QR codes; fetched when it is first wanted. */
export function codes(): Promise<Codes> {
  return part("codes.js", () => window.vouchsafeCodes);
}

/** Pixels beyond which a picture is read smaller: a code fills more than a few of them. */
const WIDEST = 1600;

function pixels(source: CanvasImageSource, width: number, height: number): ImageData {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  const canvas = h("canvas", {
    width: String(Math.max(1, Math.round(width * scale))),
    height: String(Math.max(1, Math.round(height * scale))),
  });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The text of the code in a photo; null where none is found. */
export async function readPhoto(file: File): Promise<string | null> {
  const reader = await codes();
  const address = URL.createObjectURL(file);
  try {
    const image = h("img", { src: address });
    await image.decode();
    return reader.read(pixels(image, image.naturalWidth, image.naturalHeight), true);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Opens the camera in a panel and gives the first text that it reads; null where the visitor stops it. Throws where there
 * is no camera, or none may be used.
 */
export async function readCamera(panel: HTMLElement): Promise<string | null> {
  const reader = await codes();
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media?.getUserMedia === undefined) throw new DOMException("", "NotSupportedError");
  const stream = await media.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const video = h("video", { playsinline: true, muted: true, "aria-label": t("camera_heading") });
  video.muted = true;
  video.srcObject = stream;
  try {
    return await new Promise<string | null>((resolve, reject) => {
      const stop = button(t("camera_stop"), () => resolve(null), { class: "quiet" });
      panel.replaceChildren(
        h("h2", {}, t("camera_heading")),
        video,
        h("p", { role: "status" }, t("camera_wait")),
        stop,
      );
      stop.focus();
      const look = (): void => {
        if (!panel.contains(video)) return resolve(null);
        if (video.videoWidth > 0) {
          const text = reader.read(pixels(video, video.videoWidth, video.videoHeight), false);
          if (text !== null) return resolve(text);
        }
        // Ten looks a second leave a slow phone time for the picture.
        setTimeout(look, 100);
      };
      video.play().then(look, reject);
    });
  } finally {
    for (const track of stream.getTracks()) track.stop();
    panel.replaceChildren();
  }
}

/** A drawing of a QR code. */
export async function drawn(text: string, label: string): Promise<SVGElement> {
  const modules = (await codes()).make(text);
  const size = modules.length;
  let path = "";
  modules.forEach((row, y) =>
    row.forEach((isDark, x) => {
      if (isDark) path += `M${x} ${y}h1v1h-1z`;
    }),
  );
  return s(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    s("rect", { width: String(size), height: String(size), fill: "#fff" }),
    s("path", { d: path, fill: "#000" }),
  );
}
