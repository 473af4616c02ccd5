
/* ---- packed blocks (payload.py says how they are built) ---- */

let unpacked = new Map();

/* The header of a block, and `array([offset, count])` for what it names. A block is unpacked once. */
function unpack(id) {
  if (!unpacked.has(id)) unpacked.set(id, inflate(byId(id).textContent));
  return unpacked.get(id);
}

async function inflate(base64) {
  const letters = atob(base64.trim());
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream).arrayBuffer();
  const length = new DataView(content).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  return { header, array: ([offset, size]) => new Float32Array(content, 4 + length + 4 * offset, size) };
}
