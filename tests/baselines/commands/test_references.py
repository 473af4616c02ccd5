"""`palaestra references`."""

from palaestra.baselines.benchmark.references import Reference, load_references, write_references
from palaestra.baselines.commands.references import References
from palaestra.baselines.runs import Scores

SCORES = Scores(0.25, 0.2, 0.3, -1.5, -2.0, -1.0, 1000)


def reference(env_id: str) -> Reference:
    return Reference(env_id, {}, (), 500_000, SCORES, None, "palaestra references")


def test_what_another_command_has_written_during_the_measurement_stays(tmp_path, monkeypatch):
    path = tmp_path / "references.yaml"
    write_references([reference("robot/Reach-v0")], path)

    def measure(_: References):
        write_references([reference("robot/Reach-v0"), reference("robot/Drawer-v0")], path)
        return {("robot/PegInsert-v0", ""): reference("robot/PegInsert-v0")}

    monkeypatch.setattr(References, "_measure", measure)
    References(suites=("smoke",), write=path).run()
    assert {env_id for env_id, _ in load_references(path)} == {
        "robot/Reach-v0",
        "robot/Drawer-v0",
        "robot/PegInsert-v0",
    }
