package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

var stdin = bufio.NewReader(os.Stdin)

func readLine() string {
	line, _ := stdin.ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

func mark(text string, loud bool) string {
	line := "\""
	count := 0
	for i := 0; i < len(text); i++ {
		if text[i] == 'a' || text[i] == 'e' {
			count++
			var piece string
			if loud {
				piece = "$"
			} else {
				piece = "\\"
			}
			line += piece
		} else if int(text[i]) >= 97 {
			line += string(rune(int(text[i]) - 32))
		} else {
			line += string(text[i])
		}
	}
	return line + strconv.Itoa(count)
}

func main() {
	text := readLine()
	loud := readLine() == "true"
	fmt.Println(mark(text, loud))
}
