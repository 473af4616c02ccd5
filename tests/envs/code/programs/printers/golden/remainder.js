function mod(a, b) {
    return ((a % b) + b) % b;
}

const [a, b] = require("fs").readFileSync(0, "utf8").split("\n").map(Number);
console.log(String(mod(a + b, 7)));
