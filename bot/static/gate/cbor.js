/* As much CBOR (RFC 8949) as our signed list needs, and what a COSE_Sign1 signature is over. */

/** The value that `bytes` hold: numbers, byte strings, texts, arrays, Maps, null. Throws on anything else. */
export function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function size(short) {
    if (short < 24) return short;
    at += 1;
    if (short === 24) return view.getUint8(at - 1);
    if (short === 25) return at += 1, view.getUint16(at - 2);
    if (short === 26) return at += 3, view.getUint32(at - 4);
    throw new Error("a size of ours has four bytes at most");
  }

  function take(length) {
    if (at + length > bytes.length) throw new Error("cut off");
    return bytes.subarray(at, at += length);
  }

  function value() {
    const first = view.getUint8(at++), kind = first >> 5;
    if (first === 0xf6) return null;
    const length = size(first & 31);
    switch (kind) {
      case 0: return length;
      case 1: return -1 - length;
      case 2: return take(length);
      case 3: return new TextDecoder().decode(take(length));
      case 4: return Array.from({ length }, value);
      case 5: return new Map(Array.from({ length }, () => [value(), value()]));
      default: throw new Error("no kind of ours");
    }
  }

  const found = value();
  if (at !== bytes.length) throw new Error("more than one value");
  return found;
}

function byteString(content) {
  const length = content.length;
  const head = length < 24 ? [0x40 | length]
    : length < 256 ? [0x58, length]
    : length < 65536 ? [0x59, length >> 8, length & 255]
    : [0x5a, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  return [Uint8Array.from(head), content];
}

/** The Sig_structure of RFC 9052, section 4.4. */
export function toBeSigned(protectedHeader, payload) {
  const parts = [
    Uint8Array.from([0x84, 0x6a]), new TextEncoder().encode("Signature1"),
    ...byteString(protectedHeader), Uint8Array.from([0x40]), ...byteString(payload),
  ];
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of parts) whole.set(each, at), at += each.length;
  return whole;
}
