"""Says whether a program in any language does what cases ask of it, by what it does and nothing else."""

from .cases import CallCase, StdinCase
from .checker import Checker, CheckerBroken
from .comparison import Comparison, Exact, Floats, Tokens, values_agree
from .comparison_settings import read_comparison
from .extract import MAX_RESPONSE_LENGTH, NoProgram, extract_program
from .feedback import feedback
from .judge import judge
from .judgement import CaseResult, Judgement, check_share
from .languages import Language, Needs, find_language, load_languages

__all__ = [
    "MAX_RESPONSE_LENGTH",
    "CallCase",
    "CaseResult",
    "Checker",
    "CheckerBroken",
    "Comparison",
    "Exact",
    "Floats",
    "Judgement",
    "Language",
    "Needs",
    "NoProgram",
    "StdinCase",
    "Tokens",
    "check_share",
    "extract_program",
    "feedback",
    "find_language",
    "judge",
    "load_languages",
    "read_comparison",
    "values_agree",
]
