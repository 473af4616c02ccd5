import torch
from torch.nn.functional import log_softmax

from palaestra.agents.llm import Policy
from palaestra.agents.llm.generation.native import NativeEngine
from palaestra.agents.llm.generation.protocol import Prompt, Sampling
from palaestra.agents.llm.value_heads import ValueGuide

TOKENS = torch.tensor([[2, 7, 8, 9], [2, 9, 8, 7]])
OWN = torch.tensor([[False, False, True, True], [False, True, True, True]])


def guide_of(policy: Policy, *, beta: float, trained: bool) -> ValueGuide:
    vocabulary, width = policy.model.get_output_embeddings().weight.shape
    guide = ValueGuide(width, vocabulary, heads=2, beta=beta)
    if trained:
        generator = torch.Generator().manual_seed(1)
        for parameter in guide.parameters():
            torch.nn.init.normal_(parameter, generator=generator)
    return guide


def test_untrained_values_change_nothing(policy):
    before = policy.own_tokens(TOKENS, OWN, temperature=1.0).logp_N
    policy.guided_by(guide_of(policy, beta=4.0, trained=False))
    torch.testing.assert_close(policy.own_tokens(TOKENS, OWN, temperature=1.0).logp_N, before, atol=1e-5, rtol=0)


def test_the_guided_policy_is_the_policy_times_the_exponential_of_the_smaller_value(policy):
    guide = guide_of(policy, beta=0.5, trained=True)
    hidden_N_W = policy.hidden_states(TOKENS, OWN)
    logits_N_V = policy.model.get_output_embeddings()(hidden_N_W)
    smaller_N_V = torch.minimum(guide.q[0](hidden_N_W), guide.q[1](hidden_N_W))
    expected_N_V = log_softmax(logits_N_V + 0.5 * smaller_N_V, -1)
    policy.guided_by(guide)
    logp_N = policy.own_tokens(TOKENS, OWN, temperature=1.0).logp_N
    torch.testing.assert_close(logp_N, expected_N_V.gather(-1, TOKENS[OWN][:, None])[:, 0], atol=1e-5, rtol=0)


def test_the_engine_generates_what_the_guided_policy_finds_likely(policy):
    policy.guided_by(guide_of(policy, beta=2.0, trained=True))
    engine = NativeEngine(policy)
    prompt = [2, 7, 8]
    (completion,) = engine.generate([Prompt(prompt, 0)], Sampling(4), torch.Generator().manual_seed(0))
    tokens_B_T = torch.tensor([[*prompt, *completion.tokens]])
    own_B_T = torch.arange(tokens_B_T.shape[1])[None] >= len(prompt)
    logp_N = policy.own_tokens(tokens_B_T, own_B_T, temperature=1.0).logp_N
    torch.testing.assert_close(logp_N, torch.tensor(completion.logp), atol=1e-4, rtol=0)


def test_a_guided_policy_is_saved_and_loaded_with_its_values(policy, tmp_path):
    policy.guided_by(guide_of(policy, beta=2.0, trained=True))
    policy.save(tmp_path)
    loaded = Policy.load(tmp_path, device="cpu", precision="float32")
    before, after = (one.own_tokens(TOKENS, OWN, temperature=1.0).logp_N for one in (policy, loaded))
    torch.testing.assert_close(before, after)


def test_a_policy_without_values_is_loaded_without(policy, tmp_path):
    policy.save(tmp_path)
    assert Policy.load(tmp_path, device="cpu").guide is None
