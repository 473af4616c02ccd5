"""Short ways to run programs."""

from palaestra.envs.code.sandbox import PYTHON, Job, Limits, Outcome, Sandbox, get_sandbox

PATIENT = Limits(wall_seconds=30.0)  # the machine may be busy


def python_job(source: str, *, stdin: bytes = b"", limits: Limits = PATIENT, keep: tuple[str, ...] = ()) -> Job:
    return Job(argv=(PYTHON, "main.py"), files={"main.py": source.encode()}, stdin=stdin, limits=limits, keep=keep)


def run_python(source: str, *, sandbox: Sandbox | None = None, **fields) -> Outcome:
    return (sandbox or get_sandbox()).run(python_job(source, **fields))
