function mark(text, loud) {
    let line = "\"";
    let count = 0;
    for (let i = 0; i < text.length; i++) {
        if (text[i] === "a" || text[i] === "e") {
            count++;
            line += loud ? "$" : "\\";
        } else if (text.charCodeAt(i) >= 97) {
            line += String.fromCharCode(text.charCodeAt(i) - 32);
        } else {
            line += text[i];
        }
    }
    return line + String(count);
}

const input = require("fs").readFileSync(0, "utf8").split("\n");
const text = input[0];
const loud = input[1] === "true";
console.log(mark(text, loud));
