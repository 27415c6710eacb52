"""Deliberately wrong expressions: each is an error by the letter of the contract."""

MISTAKES = (
    "cuont(purchase) > 1", "count(purchase > 1", "did purchase)", "1 = 'a'", "true != 1", "country in ()",
    "country in (1, 'a')", "'x' in (1, 2)", "did purchase last 0 days", "did purchase last 1.5 days",
    "count(purchase, 30 to 90 days ago) > 1", "count(purchase, 30 to 30 days ago) > 1",
    "count(purchase, from 2024-04-01 to 2024-01-01) = 0", "count(purchase, from 2024-04-01 to 2024-04-01) = 0",
    "count(purchase, next 30 days) > 0", "did purchase next 30 days", "segment nobody_defined_this",
    "did purchase last 3 fortnights", "created_at < now - 3 moons", "created_at < 2024-01-01",
    "1 < score < 3", "score = 1 = true", "count(purchase where count(cart) > 0) > 1",
    "count(purchase where did cart) > 1", "did purchase where (segment vip)",
    "count(purchase where percentile(amount) > 5) > 1", "count(purchase where context.hour > 5) > 1",
    "did purchase AND did cart", "NOT did purchase", "gap(purchase) > 1 months",
    "now - created_at > 2 months", "sequence(view -> no purchase)", "sum(purchase) > 1",
    "sequence(view -> no cart within 1 day -> purchase)", "sequence(view -> purchase within 1.5 days)",
    "score > 1 score", "country = 'DE", "created_at < date '2024-13-01'", "created_at < date '2024-02-30'",
    "when = 1", "score > and", "rfm.size > 1", "customer = 1", "did purchase where not amount > 5", "country is nothing", "country is",
    "case when true then true", "case else true end", "country matches '('", "consents() = true",
    "percentile() > 1", "abs(score, 2) > 1", "quantile(purchase.amount) > 1", "score between 1",
    "score between 1 or 2", "not", "", "(score > 1", "score >", "did", "did purchase where", "`` = 1", "a ; b",
    "count(purchase, last 30) > 1", "count(purchase, where amount > 1) > 1", "score > 1e", "did in",
    "count(purchase, last 30 days where amount > 1) > 1", "sequence()", "sequence(view within 1 day -> cart)", "sequence(view ->)",
)


def spoil(rng, text):
    """A mistake, alone or beside an expression that is right."""
    mistake = rng.choice(MISTAKES)
    if rng.random() < 0.5 or mistake == "":
        return mistake
    return f"({mistake}) and ({text})" if rng.random() < 0.5 else f"({text}) or ({mistake})"
