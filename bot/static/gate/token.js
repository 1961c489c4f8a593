/* A code's token without a network: its one spelling, its signature, its time. What domain/passes.py does. */
import { toBeSigned } from "./cbor.js";

export const SKEW = 300, LIFETIME = 24 * 3600, CARD_LIFETIME = 181 * 86400;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const COLOURS = ["unverified", "green", "grey", "yellow", "red"], CARD = 23;
const MOST = 189;

/** The token in a link of ours; the text itself where it is none. */
export function tokenIn(text) {
  const found = /^.*\/[Vv]\/([^/?#]+)$/.exec(text.trim());
  return text.length < 500 && found ? found[1] : text;
}

function unspell(token) {
  if (token.length > MOST) return null;
  const bytes = new Uint8Array(Math.floor(token.length * 5 / 8));
  let bits = 0, held = 0, at = 0;
  for (const letter of token) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) bits -= 8, bytes[at++] = (held >> bits) & 255, held &= (1 << bits) - 1;
  }
  return bits < 5 && held === 0 ? bytes : null; // another spelling of the same bytes is none of ours
}

/** What a well-formed token says; null for anything else. Its bytes have one layout, so it is read by place. */
export function read(token) {
  const bytes = unspell(token);
  if (!bytes) return null;
  const kidBytes = bytes[1] - 0x45;
  if (bytes[0] !== 0x84 || (kidBytes !== 1 && kidBytes !== 2)) return null;
  const headEnd = 2 + 5 + kidBytes, payloadAt = headEnd + 3, payloadEnd = payloadAt + 37;
  if (bytes.length !== payloadEnd + 2 + 64) return null;
  const head = bytes.subarray(2, headEnd), payload = bytes.subarray(payloadAt, payloadEnd);
  const fixed = (part, at, ...values) => values.every((each, n) => part[at + n] === each);
  const shaped = fixed(head, 0, 0xa2, 0x01, 0x27, 0x04, 0x40 + kidBytes)
    && fixed(bytes, headEnd, 0xa0, 0x58, 0x25)
    && fixed(payload, 0, 0xa3, 0x04, 0x1a) && fixed(payload, 7, 0x06, 0x1a)
    && fixed(payload, 13, 0x3a, 0, 1, 0, 0, 0x82, 0x50)
    && fixed(bytes, payloadEnd, 0x58, 0x40);
  const colour = payload[36];
  if (!shaped || (colour >= COLOURS.length && colour !== CARD)) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const expires = view.getUint32(3), issued = view.getUint32(9);
  if (expires < 65536 || issued < 65536) return null; // would have had a shorter spelling
  return {
    kid: [...head.subarray(5)].map((each) => each.toString(16).padStart(2, "0")).join(""),
    handle: payload.subarray(20, 36),
    card: colour === CARD,
    colour: colour === CARD ? "" : COLOURS[colour],
    issued, expires,
    signed: toBeSigned(head, payload),
    signature: bytes.subarray(payloadEnd + 2),
  };
}

/** Whether one of the keys (id in hex -> verify) signed it and it holds at `now` (Unix seconds). Never throws. */
export async function verify(token, keys, now) {
  const content = read(token);
  if (!content) return { fault: "malformed" };
  const check = keys.get(content.kid);
  if (!check) return { fault: "unknown-key" };
  const genuine = await check(content.signature, content.signed).catch(() => false);
  if (!genuine) return { fault: "bad-signature" };
  if (content.issued > now + SKEW) return { fault: "not-yet", content };
  return now >= content.expires ? { fault: "expired", content } : { content };
}
