"""The grammar of the surface, in one screenful; also for agents that are to learn it from their prompt."""

GRAMMAR = """\
program    = function+                          the last one is the task's, each stands after those it calls
function   = (name type)* name type "{" statement+ "}"      parameters, then the function and its result
type       = "#" integer | "?" boolean | "$" string | "@" list of integers
statement  = value name":"                      a new variable (not inside another statement)
           | value name"="                      another value for a variable
           | index value name"^"                another element of a list
           | value name"+"                      one more element of a list
           | condition "(" statement+ ["/" statement+] ")"                  if, else
           | "[" condition ";" statement+ "]"                               while
           | start stop name"[" statement+ "]"                              for start <= name < stop
           | value "."                          return
value      = 7, -7, Yo (true), Ny (false), |text| or < 1 2 3 >           a bar in a text is doubled
           | name
           | value* name"!"                     a call
           | value value word2 | value word1
           | condition value value Sa           the first value where the condition holds, else the second

word2      Ba +   Be -   Bi *   Bo div   Bu mod   Di min   Do max   Fa ==   Fe !=   Fi <   Fo <=   Fu >   Fy >=
           Ka and   Ke or   La equal strings   Le character at   Li join strings   Ma element at
           Me (how many, of what) a new list
word1      Da negative   De absolute   Ki not   Lo length of a string   Lu code of a character
           Ly character of a code   Na text of an integer   Mi length of a list   Mo sorted list
"""
"""What programs look like. Words are separated by blanks or line ends."""
