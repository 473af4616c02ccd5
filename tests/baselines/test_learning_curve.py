from palaestra.baselines.learning_curve import curve_of
from palaestra.baselines.runs import MetricRow


def test_a_curve_has_the_finite_scores_and_the_last_of_each_point():
    values = [(10, 0.1), (20, float("nan")), (20, 0.2), (20, 0.3)]
    rows = [MetricRow(step, None, 0.0, {"score": score}) for step, score in values]
    rows.append(MetricRow(30, 3, 0.0, {"other": 1.0}))
    curve = curve_of(rows, "score", "steps")
    assert (curve.compute_N.tolist(), curve.scores_N.tolist()) == ([10, 20], [0.1, 0.3])
    assert len(curve_of(rows, "score", "episodes")) == 0
