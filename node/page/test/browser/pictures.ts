// Pictures of QR codes as cameras and photos give them.

import { encodeQR } from "qr";

/** Whether a pixel of a square code of `size` pixels is dark. */
function painter(text: string, size: number): (x: number, y: number) => boolean {
  const modules = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  return (x, y) => modules[Math.floor((y * modules.length) / size)]?.[Math.floor((x * modules.length) / size)] ?? false;
}

/** A film of two frames in which a code stands still, in the form that Chromium's fake camera plays. */
export function film(text: string): Uint8Array {
  const [width, height, size] = [640, 480, 460];
  const isDark = painter(text, size);
  const frame = Buffer.alloc(width * height * 1.5, 128);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [codeX, codeY] = [x - 90, y - 10];
      const isInside = codeX >= 0 && codeX < size && codeY >= 0 && codeY < size;
      frame[y * width + x] = isInside ? (isDark(codeX, codeY) ? 30 : 220) : 140;
    }
  }
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  const mark = Buffer.from("FRAME\n");
  return Buffer.concat([head, mark, frame, mark, frame]);
}

/** A photo, as an uncompressed bitmap. */
export function photo(text: string): Buffer {
  const size = 800;
  const isDark = painter(text, size);
  const pixels = Buffer.alloc(size * size * 3);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1)
      pixels.fill(isDark(x, size - 1 - y) ? 40 : 235, (y * size + x) * 3, (y * size + x) * 3 + 3);
  }
  const head = Buffer.alloc(54);
  head.write("BM");
  head.writeUInt32LE(54 + pixels.length, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(size, 18);
  head.writeInt32LE(size, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  head.writeUInt32LE(pixels.length, 34);
  return Buffer.concat([head, pixels]);
}
