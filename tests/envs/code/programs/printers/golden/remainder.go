package main

import "fmt"

func mod(a, b int) int {
	return (a%b + b) % b
}

func main() {
	var a, b int
	fmt.Scan(&a, &b)
	fmt.Println(mod(a + b, 7))
}
