"""Each language that ships, where its toolchain is here: compiled, run, and told apart from what is wrong."""

import pytest

from palaestra.envs.code.judge import StdinCase, judge, load_languages
from palaestra.envs.core import Status

SUCCESSOR = {
    "bash": "read x; echo $((x + 1))",
    "c": '#include <stdio.h>\nint main(void) { int x; scanf("%d", &x); printf("%d\\n", x + 1); return 0; }',
    "cpp": '#include <iostream>\nint main() { int x; std::cin >> x; std::cout << x + 1 << "\\n"; }',
    "fortran": "program p\ninteger :: x\nread (*, *) x\nprint '(i0)', x + 1\nend program",
    "go": 'package main\nimport "fmt"\nfunc main() {\nvar x int\nfmt.Scan(&x)\nfmt.Println(x + 1)\n}',
    "javascript": "console.log(Number(require('fs').readFileSync(0, 'utf8')) + 1)",
    "lua": "print(math.tointeger(io.read('n')) + 1)",
    "ocaml": "let () = print_int (int_of_string (input_line stdin) + 1)",
    "perl": 'my $x = <STDIN>; print $x + 1, "\\n";',
    "python": "print(int(input()) + 1)",
    "r": "cat(as.integer(readLines(file('stdin'))) + 1L, '\\n')",
    "rust": "fn main() {\nlet mut line = String::new();\nstd::io::stdin().read_line(&mut line).unwrap();\n"
    'println!("{}", line.trim().parse::<i32>().unwrap() + 1);\n}',
}
CASES = [StdinCase("3\n", "4\n"), StdinCase("-1\n", "0\n")]


def test_every_language_that_ships_is_here():
    assert SUCCESSOR.keys() == load_languages().keys()


@pytest.mark.parametrize("name", SUCCESSOR)
def test_the_same_program_is_judged_alike_in_every_language(name):
    language = load_languages()[name]
    if command := language.missing_command():
        pytest.skip(f"{command} is not installed")
    right = judge(SUCCESSOR[name], language, CASES)
    assert right.verdict().is_correct, right
    off_by_one = judge(SUCCESSOR[name].replace("+ 1", "+ 2"), language, CASES)
    assert off_by_one.verdict().status is Status.WRONG
    assert off_by_one.runs
    nonsense = judge("no program ) in any (language", language, CASES)
    assert nonsense.verdict().status is Status.WRONG
    assert not nonsense.runs
