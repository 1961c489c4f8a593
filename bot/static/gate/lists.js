/* The signed revocation list and the public keys, as they were fetched last. */
import { decode, toBeSigned } from "./cbor.js";
import { CARD_LIFETIME, LIFETIME } from "./token.js";
import { verifyAsync } from "../packages/ed25519.js";

const hex = (bytes) => [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
/** Six bytes, exact in a number. */
export const tagOf = (handle) => handle.subarray(0, 6).reduce((sum, each) => sum * 256 + each, 0);

/** Ed25519 by the browser where it can, else by the package. */
async function verifier(raw) {
  try {
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return (signature, message) => crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return (signature, message) => verifyAsync(signature, message, raw);
  }
}

/** Key id in hex -> a function (signature, message) -> whether it signed that; from a COSE_KeySet. */
export async function keysOf(bytes) {
  const keys = new Map();
  for (const each of decode(bytes)) keys.set(hex(each.get(2)), await verifier(each.get(-2)));
  return keys;
}

function unpack(raw, into) {
  let at = 0, instant = 0;
  const number = () => {
    let value = 0, scale = 1, byte;
    do { byte = raw[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte > 127);
    return value;
  };
  while (at < raw.length) {
    instant += number();
    for (let left = number(); left > 0; left -= 1, at += 6) {
      const tag = tagOf(raw.subarray(at, at + 6));
      into.set(tag, Math.max(instant, into.get(tag) || 0));
    }
  }
}

/** The list: tag -> instant before which its codes are void. */
export class Revocations {
  constructor(codes = new Map(), cards = new Map(), asOf = 0, ends = null) {
    Object.assign(this, { codes, cards, asOf, ends });
  }

  /** Take up what was served, the whole or what was added. Throws on anything that none of the keys signed. */
  async take(bytes, keys) {
    const [head, , payload, signature] = decode(bytes);
    const check = keys.get(hex(decode(head).get(4)));
    if (!check || !await check(signature, toBeSigned(head, payload))) throw new Error("the list is not ours");
    const claims = decode(payload), asOf = claims.get(6), [after, ends, codes, cards] = claims.get(-65538);
    if (asOf < this.asOf) return;
    if (!after) this.codes.clear(), this.cards.clear();
    unpack(codes, this.codes);
    unpack(cards, this.cards);
    this.asOf = asOf;
    this.ends = ends;
    for (const [kept, lasts] of [[this.codes, LIFETIME], [this.cards, CARD_LIFETIME]]) {
      for (const [tag, instant] of kept) if (instant < asOf - lasts) kept.delete(tag);
    }
  }

  /** Whether a code that was signed properly is void. */
  voids(content) {
    const until = (content.card ? this.cards : this.codes).get(tagOf(content.handle));
    return until !== undefined && content.issued < until;
  }
}
