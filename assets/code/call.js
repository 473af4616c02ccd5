// Calls a function of main.js as standard input says, and prints one line of JSON for each call; see call.py.
const fs = require("fs");
const finite = (_, value) => {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("JSON has no such number");
  return value;
};
const answer = (value) => fs.writeSync(1, JSON.stringify(value, finite) + "\n");
process.stdout.write = process.stderr.write.bind(process.stderr); // what the program prints is no answer
const request = JSON.parse(fs.readFileSync(0, "utf8"));
const load = new Function("require", fs.readFileSync("main.js", "utf8") + "\nreturn " + request.function + ";");
const call = load(require);
for (const parameters of request.calls) {
  try {
    answer({ value: call(...parameters) });
  } catch (error) {
    answer({ error: String(error) });
  }
}
