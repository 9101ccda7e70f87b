// Loaded on demand: reading and making QR codes. Pictures stay in the browser.

import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";

export interface Codes {
  /** The text of the first code in a picture; null where there is none. */
  read(picture: ImageData, isPatient: boolean): string | null;
  /** The modules of a code, row by row, four of white around it as readers want. */
  make(text: string): boolean[][];
}

declare global {
  interface Window {
    vouchsafeCodes?: Codes;
  }
}

window.vouchsafeCodes = {
  read(picture, isPatient) {
    try {
      return decodeQR(picture, isPatient ? { effort: 8, timeLimit: 3000 } : {});
    } catch {
      return null;
    }
  },
  make: (text) => encodeQR(text, "raw", { ecc: "medium", border: 4 }),
};
