"""The style's strength follows the losses: up to its aim, never at the price of what is shown."""

from brushwarp.multimodal.balance import BEGIN, LEAST_AFAR, LIMITS, Aim, Balance

AIM = Aim(style=0.1, lost=(0.5, 0.5, 0.5), afar_lost=(0.5, 0.5))


def after(count, style, lost, *, scale=1, unpainted=0.5):
    return Balance(AIM, [{f"style {scale}": style, f"unpainted {scale}": unpainted, f"lost {scale}": lost}] * count).strengths


def test_a_style_that_is_not_met_pulls_harder_until_the_limit():
    assert after(BEGIN, 0.2, 0.3) == [1, 1, 1]
    assert 1 < after(BEGIN + 20, 0.2, 0.3)[0] < after(BEGIN + 60, 0.2, 0.3)[0]
    assert after(5000, 0.2, 0.3)[0] == LIMITS[1]


def test_one_that_is_met_gives_way_and_at_its_aim_it_stays():
    assert after(BEGIN + 50, 0.02, 0.3)[0] < 1
    assert abs(after(BEGIN + 50, 0.05, 0.3)[0] - 1) < 1e-6


def test_a_painting_far_from_all_photographs_is_not_met_by_being_a_little_nearer():
    assert after(BEGIN + 50, 0.3, 0.3, unpainted=7.0)[0] > 1
    assert after(BEGIN + 50, 0.05, 0.3, unpainted=7.0)[0] < 1


def test_what_is_being_lost_outweighs_a_style_that_is_not_met():
    assert after(BEGIN + 50, 0.4, 0.8)[0] < 1
    assert after(5000, 0.4, 5.0)[0] == LIMITS[0]


def test_a_first_subnet_may_lose_more_until_it_has_learnt_to_lose_less():
    terms = {"style 1": 0.4, "unpainted 1": 0.5, "lost 1": 0.6, "style 2": 0.4, "unpainted 2": 0.5, "lost 2": 0.6}

    def strengths(count):
        return Balance(AIM, [terms] * count, learning=1000).strengths

    early, half, end = strengths(BEGIN + 100), strengths(500), strengths(1500)
    assert early[0] > 1 > early[1]  # 0.6 is less than an early 0.5 * 1.35, and more than the second one's 0.5
    assert half[0] > end[0]
    assert end[0] < 1 and strengths(3000)[0] == LIMITS[0]
    assert strengths(BEGIN + 100)[1] == after(BEGIN + 100, 0.4, 0.6, scale=2)[1]
    assert Balance(AIM, [terms] * 900, learning=10000).strengths == strengths(900)  # a longer training learns this as soon


def test_each_photograph_counts_alike_however_far_from_the_painting_it_is():
    near = {"style 1": 0.02, "unpainted 1": 0.1, "lost 1": 0.3}  # twice its aim
    far = {"style 1": 0.05, "unpainted 1": 1.0, "lost 1": 0.3}  # half of it
    assert Balance(AIM, [near, far] * 100).strengths[0] > 1


def test_from_afar_a_style_has_strengths_of_its_own():
    terms = {"afar style 2": 0.2, "afar unpainted 2": 0.5, "afar lost 2": 0.3}
    balance = Balance(AIM, [terms] * (BEGIN + 50))
    assert balance.afar_strengths[1] > 1 == balance.afar_strengths[0] and balance.strengths == [1, 1, 1]
    for much in ({"afar style 2": 0.01}, {"afar lost 2": 2.0}):
        assert Balance(AIM, [terms | much] * 500).afar_strengths == [1, LEAST_AFAR]


def test_each_scale_has_its_own_and_a_training_taken_up_has_the_same():
    assert after(BEGIN + 50, 0.2, 0.3, scale=2)[0::2] == [1, 1]
    history = [{"style 3": 0.3 / (1 + i), "unpainted 3": 0.5, "lost 3": 0.4} for i in range(200)]
    taken_up = Balance(AIM, history[:90])
    for terms in history[90:]:
        taken_up.note(terms)
    assert taken_up.strengths == Balance(AIM, history).strengths
