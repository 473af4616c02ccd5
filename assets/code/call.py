"""Calls a function of main.py as standard input says, and prints one line of JSON for each call.

It runs beside the program, which may change anything here: what it prints is not believed to be more than what the
program answers. What must come back is not here.
"""

import json
import os
import sys
import traceback

_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what the program prints is no answer
_encode = json.JSONEncoder(allow_nan=False).encode
_request = json.loads(sys.stdin.read())
_namespace = {"__name__": "program", "__file__": "main.py"}
with open("main.py", encoding="utf-8") as _file:
    exec(compile(_file.read(), "main.py", "exec"), _namespace)
for _arguments in _request["calls"]:
    try:
        _line = _encode({"value": _namespace[_request["function"]](*_arguments)})
    except Exception as error:
        _line = _encode({"error": traceback.format_exception_only(error)[-1]})
    _answers.write(_line + "\n")
    _answers.flush()
