"""Tools that an agent calls in its own action, and whose results come back as observations."""

from .parser import Call, CallError, find_call
from .protocol import TOOLS, Tool, ToolError, make_tools
from .server import ToolCall, ToolResult, ToolServer
from .tool_use import ToolUse

__all__ = [
    "TOOLS",
    "Call",
    "CallError",
    "Tool",
    "ToolCall",
    "ToolError",
    "ToolResult",
    "ToolServer",
    "ToolUse",
    "find_call",
    "make_tools",
]
