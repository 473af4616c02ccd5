import os
import subprocess
import sys

PROGRAM = """
import resource, sys
import torch
from palaestra.agents.llm.memory import keep_freed_memory

if sys.argv[1] == "keep":
    assert keep_freed_memory()

def page_faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def a_pass():
    activations = [torch.ones(1_000_000) for _ in range(12)]

for _ in range(3):
    a_pass()
before = page_faults()
for _ in range(5):
    a_pass()
print(page_faults() - before)
"""


def page_faults(word: str) -> int:
    # left alone, glibc moves its threshold by what lies where: tensors of this size then come fresh or not
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": str(128 << 10)}
    command = [sys.executable, "-c", PROGRAM, word]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


def test_tensors_that_come_again_need_no_fresh_pages():
    pages = 5 * 12 * 4_000_000 // 4096
    assert page_faults("give back") > 0.9 * pages
    assert page_faults("keep") < 0.1 * pages
