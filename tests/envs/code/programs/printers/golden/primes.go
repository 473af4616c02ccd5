package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

func floorDiv(a, b int) int {
	if a < 0 {
		return (a+1)/b - 1
	}
	return a / b
}

func sorted(list []int) []int {
	result := append([]int{}, list...)
	sort.Ints(result)
	return result
}

var stdin = bufio.NewReader(os.Stdin)

func readLine() string {
	line, _ := stdin.ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

func readList() []int {
	list := []int{}
	for _, word := range strings.Fields(readLine()) {
		number, _ := strconv.Atoi(word)
		list = append(list, number)
	}
	return list
}

func is_prime(n int) bool {
	if n < 2 {
		return false
	}
	i := 2
	for i * i <= n {
		if n % i == 0 {
			return false
		}
		i++
	}
	return true
}

func halved_primes(numbers []int) []int {
	primes := []int{}
	for i := 0; i < len(numbers); i++ {
		if is_prime(numbers[i]) {
			primes = append(primes, numbers[i])
		}
	}
	for i := 1; i < len(primes); i++ {
		primes[i] = floorDiv(primes[i], 2)
	}
	return sorted(primes)
}

func main() {
	numbers := readList()
	fmt.Println(strings.Trim(fmt.Sprint(halved_primes(numbers)), "[]"))
}
