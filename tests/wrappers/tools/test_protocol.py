import pickle

import pytest

from palaestra.wrappers.tools import TOOLS, Tool, ToolError, make_tools
from palaestra.wrappers.tools.calculator_tool import CalculatorTool

from .made_up_tools import Words, call


@pytest.mark.parametrize("name", TOOLS)
def test_every_name_leads_to_a_tool_of_that_name(name):
    [tool] = make_tools([name])
    assert isinstance(tool, Tool)
    assert tool.name == name
    assert tool.description
    assert type(tool).__doc__
    assert pickle.loads(pickle.dumps(tool)).name == name


def test_a_recipe_names_tools_with_or_without_arguments_or_gives_them():
    words = Words()
    tools = make_tools(["calculator", {"python": {"seconds": 2}}, words, {"sql": None}])
    assert [tool.name for tool in tools] == ["calculator", "python", "words", "sql"]
    assert tools[2] is words


def test_a_tool_of_ones_own_is_named_by_where_it_stands(tmp_path, monkeypatch):
    (tmp_path / "my_tools_of_today.py").write_text(
        "from palaestra.wrappers.tools import Tool\n\n\n"
        "class Shout(Tool):\n    name, description = 'shout', 'louder'\n\n"
        "    def __init__(self, mark='!'):\n        self.mark = mark\n\n"
        "    def run(self, argument, state):\n        return argument.upper() + self.mark\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    [tool] = make_tools([{"my_tools_of_today:Shout": {"mark": "?"}}])
    assert (tool.name, tool.run("so", None)) == ("shout", "SO?")
    with pytest.raises(ValueError, match="no argument 'marc'; did you mean mark"):
        make_tools([{"my_tools_of_today:Shout": {"marc": "?"}}])


@pytest.mark.parametrize(
    ("settings", "message"),
    [(["calculater"], "'calculater'; did you mean calculator"), ([{"python": {"second": 2}}], "did you mean seconds"),
     ([{"python": {"seconds": 0}}], "seconds must be"), (["calculator", "calculator"], "different names"),
     ([], "one or more"), ("calculator", "must be a list"), (None, "must be a list"), ([3], "must hold names"),
     ([{"python": {}, "sql": {}}], "must hold names"), ([{"sql": {"engine": "mysql"}}], "engine must be"),
     (["no_such_module:Words"], "cannot be imported"), (["json:no_such_thing"], "cannot be imported"),
     ([":"], "cannot be imported"), (["json:loads"], "no subclass of Tool"),
     ([{"sql": {"rows": 0}}], "rows must be"), ([{"python": {"memory_mib": 1}}], "memory_mib must be")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_name(settings, message):
    with pytest.raises(ValueError, match=message):
        make_tools(settings)


def test_a_tool_reads_calls_of_its_own_name_alone():
    assert Words().parse(call("words", "a b")) == "a b"
    assert Words().parse(call("parrot", "a b")) is None
    assert Words().parse("a b") is None
    assert Words().parse('<tool name="words">a b') is None


@pytest.mark.parametrize(
    ("argument", "result"),
    [("1 + 2 * 3", "7"), ("7/2*4", "14"), ("7/2", "7/2 = 3.5"), ("1/3", "1/3 = 0.333333333333"), ("2-5", "-3"),
     (" (1+2)*(3+4) ", "21"), ("9" * 90 + "*" + "9" * 90, str((10**90 - 1) ** 2))],
)  # fmt: skip
def test_the_calculator_is_exact(argument, result):
    assert CalculatorTool().run(argument, None) == result


@pytest.mark.parametrize("argument", ["", "x", "2**9", "__import__('os')", "1/0", "1/(2-2)", "(" * 400, "9" * 400])
def test_the_calculator_says_what_it_cannot_do(argument):
    with pytest.raises(ToolError):
        CalculatorTool().run(argument, None)
