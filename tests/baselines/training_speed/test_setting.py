import pytest

from palaestra.agents.llm.chat import ChatFormat
from palaestra.baselines.training_speed.setting import MODELS, Setting, reward


@pytest.mark.parametrize(("parameters", "millions"), [("0.34M", 0.34), ("3.28M", 3.28)])
def test_models_have_as_many_parameters_as_they_are_named_after(parameters, millions):
    model = Setting(parameters=parameters).model("eager")
    assert round(sum(parameter.numel() for parameter in model.parameters()) / 1e6, 2) == millions


def test_the_large_model_has_half_a_billion():
    size = MODELS["0.5B"]
    width = size["hidden_size"]
    layer = 4 * width**2 + 3 * width * size["intermediate_size"]
    assert 0.49e9 < size["num_hidden_layers"] * layer + size["vocab_size"] * width < 0.51e9


@pytest.mark.parametrize("parameters", ["0.34M", "3.28M"])
def test_prompts_have_their_length_and_no_model_can_say_the_end_token(parameters):
    setting = Setting(parameters=parameters, prompt_tokens=11)
    tokenizer = setting.tokenizer()
    assert tokenizer.eos_token_id == MODELS[setting.parameters]["vocab_size"]
    prompt = ChatFormat(tokenizer).opening(setting.observation(7))
    assert len(prompt) == 11
    assert tokenizer(tokenizer.decode(prompt)).input_ids == prompt


def test_prompts_differ_by_seed_alone():
    setting = Setting()
    assert setting.observation(1) == setting.observation(1) != setting.observation(2)


def test_completions_of_a_group_are_rewarded_differently():
    assert 0 <= reward("abc") < 1
    assert reward("abc") != reward("abd")


def test_the_least_arithmetic_is_two_operations_a_weight_and_token_four_times():
    setting = Setting(parameters="0.34M", groups=2, group_size=3, prompt_tokens=5, completion_tokens=4)
    weights_in_layers = 3 * (4 * 96 * 96 + 3 * 96 * 256)
    tokens_read = 2 * 5 + 6 * 3
    assert setting.flops() == 8 * (weights_in_layers * tokens_read + 96 * 128 * 24)


@pytest.mark.parametrize(("name", "value"), [("groups", 0), ("group_size", 1), ("prompt_tokens", 2), ("threads", 0)])
def test_unusable_settings_are_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name} must be"):
        Setting(**{name: value})
