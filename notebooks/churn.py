# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   title: Who leaves, and how well that can be predicted
# ---

# %% [markdown]
# # Who leaves, and how well that can be predicted
#
# This notebook reads an export of a Keepwell workspace and goes the whole way from raw events to a judged model: what the data look
# like, which inputs were known on which day, how to split by time, seven models from the simplest to a small neural net, and five
# mistakes made on purpose, each with the amount by which it flatters.
#
# Every number below is computed when the notebook runs. Accounts have pseudonyms; the export has no names, addresses or free texts.
#
# **In one sentence:** a departure is an account whose revenue falls to zero within the 30 days after a snapshot; accounts that had
# already announced it are left out, because that they leave is no prediction.

# %%
from __future__ import annotations

import base64
import io
import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display
from matplotlib.dates import ConciseDateFormatter
from matplotlib.ticker import PercentFormatter
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    log_loss,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

EXPORT = Path(os.environ.get("KEEPWELL_EXPORT", "my-export"))
IS_SMALL = os.environ.get("KEEPWELL_NOTEBOOK", "full") == "small"
HORIZON, LOOKBACK = 30, 180
RESAMPLES = 200 if IS_SMALL else 1_000
SEED = 7
# The colours of Okabe and Ito, which people with any colour vision can tell apart; every series also has a style of its own.
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#767676"

# %% tags=["helpers"]
mpl.rcParams.update(
    {
        "figure.figsize": (5.6, 3.4),
        "font.size": 10.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#E3E3E3",
        "axes.axisbelow": True,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "figure.constrained_layout.use": True,
    }
)
# Some fits on few rows stop before they converge; what they are worth is measured below.
warnings.filterwarnings("ignore", category=ConvergenceWarning)


def say(text: str) -> None:
    """Show a sentence with computed numbers."""
    display(Markdown(text))


def show(figure: Any, caption: str) -> None:
    """Show a figure under its caption."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=90 if IS_SMALL else 180)
    plt.close(figure)
    width = round(figure.get_figwidth() * 100)
    picture = base64.b64encode(content.getvalue()).decode()
    source = f"data:image/png;base64,{picture}"
    display(
        HTML(
            f'<figure><figcaption>{caption}</figcaption><img alt="{caption}" width="{width}" src="{source}"></figure>'
        )
    )


def cell(value: Any) -> str:
    """A value as it stands in a table."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if pd.isna(value):
        return ""
    if isinstance(value, float | np.floating):
        return f"{value:,.3f}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def table(frame: Any, caption: str) -> None:
    """Show a table under its caption; its first column is called as the index."""
    body = (
        frame.rename_axis(index=None, columns=frame.index.name or "model")
        .astype(object)
        .map(cell)
        .to_html(border=0)
    )
    display(HTML(f'<figure tabindex="0"><figcaption>{caption}</figcaption>{body}</figure>'))


def days(count: int) -> Any:
    """A number of days."""
    return pd.Timedelta(days=count)


RESULTS: dict[str, Any] = {}

# %% [markdown]
# ## 1. What was exported

# %%
manifest = json.loads((EXPORT / "manifest.json").read_text())
subscriptions = pd.read_parquet(EXPORT / "subscriptions.parquet")
for column in ("starts_on", "ends_on", "cancelled_on"):
    subscriptions[column] = pd.to_datetime(subscriptions[column])
events = pd.read_parquet(EXPORT / "events.parquet", columns=["account", "ts", "event", "known_on"])
UNTIL = pd.Timestamp(manifest["recorded_until"])
CURRENCY = manifest["currency"]

say(
    f"{manifest['accounts']:,} accounts have paid at some time, and {manifest['departed']:,} of them do not pay on "
    f"{UNTIL:%Y-%m-%d}. There are {len(subscriptions):,} subscriptions and {len(events):,} events; the first day is "
    f"{manifest['first_on']}. Amounts are in {CURRENCY}, at the exchange rate of the day on which a subscription began."
)
sample_of_rows = subscriptions.head(4)[
    ["account", "plan", "interval", "mrr", "starts_on", "ends_on", "cancelled_on"]
]
table(sample_of_rows.set_index("account"), "The first subscriptions of the export")

# %% [markdown]
# Payments and tickets are things that happen *to* a customer, and so is what a system does for everybody, such as a newsletter: most
# occurrences of such an event are in minutes in which most of the accounts of that day have it. An event that is always at midnight has
# a date and no time of day, so it says nothing about minutes. Everything else counts as use of the product. Events are counted once per account, day and name, and by the day on which they became known: a tracker that was offline
# sends some of them later.

# %%
NO_USAGE = ["payment_failed", "payment_recovered", "payment_succeeded", "payment_refunded", "ticket_opened"]
daily = (
    events.assign(day=events["ts"].dt.normalize(), known=pd.to_datetime(events["known_on"]))
    .groupby(["account", "day", "known", "event"], as_index=False)
    .agg(count=("ts", "size"))
)


def system_events() -> list[str]:
    """The names of events that come from a system: no customer did anything."""
    timed = set(events.loc[events["ts"] != events["ts"].dt.normalize(), "event"])
    seen = events.assign(minute=events["ts"].dt.floor("min"))[
        ["event", "account", "minute"]
    ].drop_duplicates()
    seen["day"] = seen["minute"].dt.normalize()
    active = seen.groupby("day")["account"].nunique()
    crowds = seen.groupby(["event", "day", "minute"]).size().rename("accounts").reset_index()
    most = crowds["day"].map(active) / 2
    crowds["in_crowds"] = crowds["accounts"].where(
        (crowds["accounts"] >= 10) & (crowds["accounts"] > most), 0
    )
    counted = crowds.groupby("event")[["accounts", "in_crowds"]].sum()
    in_crowds = set(counted.index[2 * counted["in_crowds"] > counted["accounts"]])
    return sorted((in_crowds & timed) - set(NO_USAGE))


RESULTS["system_events"] = system_events()
NO_USAGE += RESULTS["system_events"]
is_usage = ~daily["event"].isin(NO_USAGE)
by_name = daily.groupby("event").agg(
    events=("count", "sum"), accounts=("account", "nunique"), days=("day", "nunique")
)
by_name["counts as use"] = np.where(by_name.index.isin(NO_USAGE), "no", "yes")
table(by_name.sort_values("events", ascending=False).head(15), "Events by name")

# %% [markdown]
# ## 2. Who pays, and who has left
#
# An account's subscriptions follow each other: a change of plan ends one and begins the next on the same day. Subscriptions that
# touch or overlap are one *episode* of paying, and only the end of an episode is a departure.

# %%
FAR = pd.Timestamp("2200-01-01")


def episodes_of(spans: Any) -> Any:
    """Per account, the unbroken periods in which it pays: account, begins, ends (FAR while it pays)."""
    ordered = spans.assign(ends=spans["ends_on"].fillna(FAR)).sort_values(["account", "starts_on"])
    latest = ordered.groupby("account")["ends"].cummax()
    before = latest.groupby(ordered["account"]).shift()
    starts_episode = before.isna() | (ordered["starts_on"] > before)
    number = starts_episode.groupby(ordered["account"]).cumsum()
    return (
        ordered.assign(number=number)
        .groupby(["account", "number"], as_index=False)
        .agg(begins=("starts_on", "min"), ends=("ends", "max"))
        .drop(columns="number")
    )


def first_covered(recorded: Any) -> Any:
    """The day on which recording began, of the days with records: their first percentile, after the last pause of over a year.

    A clock that was never set dates an event 1970, and nobody was watched from then on.
    """
    found = recorded.drop_duplicates().sort_values()
    begins = found[found.diff() > days(366)]
    found = found if begins.empty else found[found >= begins.iloc[-1]]
    return found.iloc[len(found) // 100]


episodes = episodes_of(subscriptions)
# Accounts that left before anything was recorded are in no export: earlier months would show survivors only.
WATCHED_FROM = (
    first_covered(daily.loc[is_usage, "known"])
    if is_usage.any()
    else pd.Timestamp(manifest["first_on"]) + days(HORIZON)
)
months = pd.date_range(WATCHED_FROM, UNTIL - days(31), freq="MS")[-24:]
monthly = pd.DataFrame(
    {
        "paying": [((episodes["begins"] <= at) & (episodes["ends"] > at)).sum() for at in months],
        "left": [
            ((episodes["ends"] > at) & (episodes["ends"] <= at + pd.offsets.MonthBegin(1))).sum()
            for at in months
        ],
    },
    index=months,
)

figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5.6, 4.2))
above.plot(monthly.index, monthly["paying"], color=BLUE, marker="o", markersize=4)
above.set_ylabel("accounts paying")
above.set_ylim(bottom=0)
below.bar(monthly.index, monthly["left"], width=20, color=ORANGE)
below.set_ylabel("accounts that left\nin the month")
below.set_xlabel("month")
below.xaxis.set_major_formatter(ConciseDateFormatter(below.xaxis.get_major_locator()))
show(figure, "Above: how many accounts pay on the first of each month. Below: how many left in that month.")
share = monthly["left"].sum() / max(monthly["paying"].sum(), 1)
say(
    f"Over these {len(months)} months, {share:.1%} of the accounts that paid on the first of a month left in it."
)

# %% [markdown]
# ## 3. Snapshots: what was known on a day
#
# A *snapshot* is an account on a day, with only what was known before that day began. Snapshots are one horizon apart, so that no
# departure is counted twice. The last snapshot is one horizon before the export: later ones have no label yet. The first one is 60
# days after recording began: before that, quiet and unrecorded look the same. A single event of 1970 does not begin it.

# %%
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def next_renewals(starts: Any, intervals: Any, as_of: Any) -> Any:
    """Days from `as_of` to the next day on which each subscription renews; at most a week or a day for shorter intervals."""
    period = intervals.map(MONTHS).fillna(1).astype(int).to_numpy()
    first = starts.to_numpy().astype("datetime64[M]").astype(int)
    now = int(np.datetime64(as_of, "M").astype(int))
    day_of_month = np.minimum(starts.dt.day.to_numpy(), 28) - 1
    passed = (now - first) // period

    def renewal(number: Any) -> Any:
        return (first + number * period).astype("datetime64[M]").astype("datetime64[D]") + day_of_month

    at = renewal(passed)
    at = np.where(at <= np.datetime64(as_of, "D"), renewal(passed + 1), at)
    return (at - np.datetime64(as_of, "D")).astype(int)


def paying_on(as_of: Any) -> Any:
    """The accounts that pay on `as_of` and had not announced that they leave, with what their subscriptions said then, and the label."""
    ends = subscriptions["ends_on"].fillna(FAR)
    running = subscriptions[(subscriptions["starts_on"] <= as_of) & (ends > as_of)]
    running = running.assign(
        announced=running["cancelled_on"] < as_of,
        renewal=next_renewals(running["starts_on"], running["interval"], as_of),
        yearly=(running["interval"] == "year").astype(float),
    )
    found = running.groupby("account").agg(
        mrr=("mrr", "sum"),
        announced=("announced", "all"),
        days_to_renewal=("renewal", "max"),
        yearly=("yearly", "max"),
    )
    first = subscriptions.groupby("account")["starts_on"].min()
    found["tenure_days"] = (as_of - first.reindex(found.index)).dt.days
    episode = episodes[(episodes["begins"] <= as_of) & (episodes["ends"] > as_of)].set_index("account")[
        "ends"
    ]
    found["left"] = (episode.reindex(found.index) <= as_of + days(HORIZON)).astype(int)
    found["as_of"] = as_of
    return found[~found["announced"]].drop(columns="announced")


def known_before(as_of: Any) -> Any:
    """The daily counts of what had happened and was known before `as_of` began."""
    return daily[(daily["day"] < as_of) & (daily["known"] < as_of)]


def used_before(accounts: Any, as_of: Any) -> Any:
    """What the accounts did in the 180 days before `as_of`."""
    rows = known_before(as_of)
    usage = (
        rows[~rows["event"].isin(NO_USAGE)]
        .groupby(["account", "day"], as_index=False)
        .agg(count=("count", "sum"))
    )
    known = usage.assign(ago=(as_of - usage["day"]).dt.days)
    known = known[known["ago"] <= LOOKBACK]
    grouped = known.groupby("account")
    found = pd.DataFrame(index=accounts)
    newest, oldest, active = grouped["ago"].min(), grouped["ago"].max(), grouped.size()
    found["days_since_use"] = newest.reindex(accounts).fillna(LOOKBACK)
    gap = ((oldest - newest) / (active - 1).clip(lower=1)).reindex(accounts).fillna(LOOKBACK)
    found["quiet_for_its_habit"] = np.log1p(found["days_since_use"]) - np.log1p(gap)
    for window in (HORIZON // 3, HORIZON, 2 * HORIZON):
        recent = known[known["ago"] <= window].groupby("account")
        found[f"active_days_{window}"] = recent.size().reindex(accounts).fillna(0.0)
    found["events_30"] = np.log1p(
        known[known["ago"] <= HORIZON].groupby("account")["count"].sum().reindex(accounts).fillna(0.0)
    )
    earlier = found["active_days_60"] - found["active_days_30"]
    found["trend"] = (found["active_days_30"] - earlier) / HORIZON
    return found


def troubled_before(accounts: Any, as_of: Any) -> Any:
    """Failed payments and tickets in the 60 days before `as_of`, and whether a failed payment is still open."""
    rows = known_before(as_of)
    recent = rows[rows["day"] >= as_of - days(60)]
    found = pd.DataFrame(index=accounts)

    def newest(name: str) -> Any:
        return recent[recent["event"] == name].groupby("account")["day"].max().reindex(accounts)

    failures = recent[recent["event"] == "payment_failed"].groupby("account")["count"].sum()
    found["payment_failures"] = failures.reindex(accounts).fillna(0.0)
    failed, recovered = newest("payment_failed"), newest("payment_recovered").fillna(pd.Timestamp(0))
    found["payment_open"] = (failed.notna() & (failed > recovered)).astype(float)
    tickets = recent[recent["event"] == "ticket_opened"].groupby("account")["count"].sum()
    found["tickets"] = tickets.reindex(accounts).fillna(0.0)
    return found


def snapshots_on(as_of: Any, *, usage_known_until: Any | None = None) -> Any:
    """A row per account; `usage_known_until` is the day itself, except where a mistake is made on purpose."""
    paying = paying_on(as_of)
    used = used_before(paying.index, usage_known_until or as_of)
    return paying.join(used).join(troubled_before(paying.index, as_of)).reset_index()


as_ofs = [
    UNTIL - days(HORIZON * step)
    for step in range(36, 0, -1)
    if UNTIL - days(HORIZON * step) >= WATCHED_FROM + days(2 * HORIZON)
]
if len(as_ofs) < 5:
    raise ValueError(f"There are {len(as_ofs)} snapshot days, and a split by time needs at least 5.")
data = pd.concat([snapshots_on(each) for each in as_ofs], ignore_index=True)
data["log_mrr"] = np.log1p(data["mrr"])
NOT_INPUTS = ["account", "as_of", "left", "mrr"]
FEATURES = [column for column in data.columns if column not in NOT_INPUTS]
say(
    f"{len(data):,} snapshots of {data['account'].nunique():,} accounts on {len(as_ofs)} days, from {as_ofs[0]:%Y-%m-%d} to "
    f"{as_ofs[-1]:%Y-%m-%d}; {data['left'].sum():,} are followed by a departure ({data['left'].mean():.2%}). "
    f"{len(FEATURES)} inputs: {', '.join(FEATURES)}."
)

# %% [markdown]
# **Does anything know tomorrow?** Remove every event from the snapshot's day on and compute the inputs again. If a single cell
# changes, an input has looked ahead.

# %%
middle = as_ofs[len(as_ofs) // 2]
everything, daily = daily, known_before(middle)
without_future = snapshots_on(middle)
daily = everything
with_future = snapshots_on(middle)
inputs_on_the_day = [name for name in FEATURES if name in with_future]
changed = int((with_future[inputs_on_the_day] != without_future[inputs_on_the_day]).sum().sum())
if changed:
    raise ValueError(
        f"{changed} cells of {middle:%Y-%m-%d} change when the future is removed: an input looks ahead."
    )
RESULTS["cells_that_know_tomorrow"] = changed
say(f"On {middle:%Y-%m-%d}: {changed} of {with_future[inputs_on_the_day].size:,} cells change.")

# %% [markdown]
# ## 4. Looking before modelling


# %%
def shares(by: Any) -> Any:
    """Per group: how many snapshots, the share that left, and the 95 % interval of Wilson."""
    found = data.groupby(by, observed=True)["left"].agg(n="size", left="sum")
    found = found[found["n"] > 0]
    p, n, z = found["left"] / found["n"], found["n"], 1.96
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return found.assign(share=p, low=(centre - half).clip(lower=0), high=centre + half)


def bars_of_shares(found: Any, *, label: str, alt: str) -> None:
    """The share that left per group, with its interval."""
    figure, axes = plt.subplots()
    error = [found["share"] - found["low"], found["high"] - found["share"]]
    names = [f"{name}\nn={n:,}" for name, n in zip(found.index, found["n"], strict=True)]
    axes.bar(
        names, found["share"], yerr=np.maximum(error, 0), color=BLUE, width=0.65, capsize=4, ecolor="#222222"
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel(label)
    axes.set_ylabel(f"left within {HORIZON} days")
    axes.tick_params(axis="x", labelsize=9)
    show(figure, alt)


edges = [0, 2, 7, 14, 28, LOOKBACK + 1]
names = ["1-2", "3-7", "8-14", "15-28", "over 28"]
by_recency = shares(pd.cut(data["days_since_use"], edges, labels=names))
bars_of_shares(
    by_recency,
    label="days since the account last used the product",
    alt="Share of accounts that left within 30 days by days since the last use, with 95 % intervals.",
)
by_tenure = shares(
    pd.cut(
        data["tenure_days"], [-1, 90, 180, 365, 99_999], labels=["under 90", "90-180", "181-365", "over 365"]
    )
)
bars_of_shares(
    by_tenure,
    label="days since the first subscription",
    alt="Share of accounts that left within 30 days by tenure, with 95 % intervals.",
)

# %%
figure, axes = plt.subplots()
bins = list(range(0, HORIZON + 2, 3))
for left, name, colour, style in ((0, "stayed", BLUE, "-"), (1, "left", ORANGE, "--")):
    own = data.loc[data["left"] == left, "active_days_30"]
    weights = np.full(len(own), 1 / max(len(own), 1))
    axes.hist(
        own,
        bins=bins,
        weights=weights,
        histtype="step",
        linewidth=2,
        color=colour,
        linestyle=style,
        label=name,
    )
axes.set_xlabel("active days in the 30 days before the snapshot")
axes.set_ylabel("share of snapshots")
axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
axes.legend(loc="upper right")
show(figure, "Distribution of active days in the last 30 days: those that stayed against those that left.")
say(
    "The bars have overlapping intervals where groups are small: "
    f"{int((by_recency['left'] < 10).sum())} of {len(by_recency)} groups by recency have fewer than ten departures."
)

# %% [markdown]
# ## 5. Split by time
#
# The model will be used on days after those it has seen, so that is how it is judged: it is fitted on the oldest days (*train*),
# tuned on later ones (*validation*), and judged once on the newest ones (*test*). A random split would put the same account, a
# month apart, on both sides.

# %%
count = len(as_ofs)
test_from = as_ofs[-max(2, round(count * 0.3))]
validation_from = as_ofs[as_ofs.index(test_from) - max(1, round(count * 0.2))]
part = np.where(
    data["as_of"] >= test_from, "test", np.where(data["as_of"] >= validation_from, "validation", "train")
)
train, validation, test = (data[part == name] for name in ("train", "validation", "test"))
for name, rows in (("train", train), ("validation", validation), ("test", test)):
    if rows["left"].sum() < 3:
        raise ValueError(
            f"Only {rows['left'].sum()} accounts left in the {name} part: too few to compare models."
        )

by_day = data.groupby("as_of")["left"].sum()
figure, axes = plt.subplots(figsize=(5.6, 2.8))
looks = {"train": (BLUE, ""), "validation": (PINK, "//"), "test": (ORANGE, "..")}
for name, (colour, hatch) in looks.items():
    own = by_day[by_day.index.isin(data.loc[part == name, "as_of"])]
    axes.bar(own.index, own, width=20, color=colour, hatch=hatch, edgecolor="white", label=name)
axes.set_ylabel(f"departures within\n{HORIZON} days")
axes.set_xlabel("day of the snapshot")
axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
figure.legend(loc="outside upper center", ncols=3)
show(figure, "Departures per snapshot day, coloured by part: train, validation, test.")
table(
    pd.DataFrame(
        {
            name: {
                "snapshots": len(rows),
                "accounts": rows["account"].nunique(),
                "departures": rows["left"].sum(),
            }
            for name, rows in (("train", train), ("validation", validation), ("test", test))
        }
    ).T.rename_axis("part"),
    "The three parts",
)

# %% [markdown]
# ## 6. Scaling
#
# Inputs differ in unit: days, counts, logarithms. A logistic regression with a penalty and a neural net treat a large number as an
# important one, so each input is brought to mean 0 and standard deviation 1 *of the training rows*. Trees do not care.


# %%
def scaled(model: Any) -> Pipeline:
    """The model behind a scaler that knows the training rows only."""
    return make_pipeline(StandardScaler(), model)


def net(seed: int = SEED) -> MLPClassifier:
    """One hidden layer of 16: small, since there are few departures."""
    return MLPClassifier((16,), alpha=1.0, max_iter=300, n_iter_no_change=20, random_state=seed)


def probabilities(model: Any, rows: Any, columns: Sequence[str] = tuple(FEATURES)) -> Any:
    """The probability of leaving, kept away from 0 and 1, where a single surprise costs everything."""
    return np.clip(model.predict_proba(rows[list(columns)])[:, 1], 1e-4, 1 - 1e-4)


scaling = {}
for name, model in (
    ("logistic, not scaled", LogisticRegression(C=0.1, max_iter=200)),
    ("logistic, scaled", scaled(LogisticRegression(C=0.1, max_iter=200))),
    ("neural net, not scaled", net()),
    ("neural net, scaled", scaled(net())),
):
    p = probabilities(model.fit(train[FEATURES], train["left"]), validation)
    scaling[name] = {
        "log loss": log_loss(validation["left"], p),
        "ROC AUC": roc_auc_score(validation["left"], p),
    }
table(pd.DataFrame(scaling).T, "With and without scaling, on the validation days")

# %% [markdown]
# ## 7. Seven models, from the simplest
#
# The first knows nothing but the base rate, the last is a neural net. A model is worth its trouble only if it predicts better than the
# simpler ones before it.
#
# - **Log loss** judges probabilities, and decides. It is low if what was called 5 % happens 5 % of the time.
# - **ROC AUC** judges the order: how often an account that left is ranked above one that stayed.
# - **PR AUC** judges the top of the list; knowing nothing, it is the share that leaves.
# - **ECE** is the mean distance between predicted and observed share, in five groups. A perfect model has some too, by chance.

# %%
try:
    from lightgbm import LGBMClassifier

    has_lightgbm = True
except (ImportError, OSError) as error:
    has_lightgbm = False
    say(
        f"LightGBM cannot be loaded here ({type(error).__name__}): boosting is scikit-learn's HistGradientBoosting instead."
    )


def boosting() -> Any:
    """Gradient boosting, kept small: LightGBM, or scikit-learn's own."""
    if has_lightgbm:
        return LGBMClassifier(
            n_estimators=60,
            learning_rate=0.05,
            num_leaves=7,
            min_child_samples=30,
            n_jobs=1,
            random_state=SEED,
            verbose=-1,
        )
    return HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.05, max_leaf_nodes=7, min_samples_leaf=30, random_state=SEED
    )


def logistic(strength: float) -> Pipeline:
    """Logistic regression on scaled inputs; a smaller `strength` pulls the weights towards zero."""
    return scaled(LogisticRegression(C=strength, max_iter=200))


RECENCY = ["days_since_use"]
RFM = ["days_since_use", "active_days_60", "log_mrr"]
BOOSTING = "boosting (LightGBM)" if has_lightgbm else "boosting (scikit-learn)"
# Each model: its inputs and the models to choose from on the validation days.
MODELS: Mapping[str, tuple[Sequence[str], Sequence[Callable[[], Any]]]] = {
    "base rate": (RECENCY, [lambda: DummyClassifier(strategy="prior")]),
    "recency": (RECENCY, [lambda: logistic(1.0)]),
    "RFM logistic": (RFM, [lambda: logistic(1.0)]),
    "logistic": (FEATURES, [lambda: logistic(0.01), lambda: logistic(0.1), lambda: logistic(1.0)]),
    "tree of depth 5": (
        FEATURES,
        [
            lambda: DecisionTreeClassifier(max_depth=5, min_samples_leaf=25, random_state=SEED),
            lambda: DecisionTreeClassifier(max_depth=5, min_samples_leaf=100, random_state=SEED),
        ],
    ),
    BOOSTING: (FEATURES, [boosting]),
    "neural net": (FEATURES, [lambda: scaled(net())]),
}


def fitted(candidate: Callable[[], Any], rows: Any, columns: Sequence[str]) -> Any:
    """The candidate fitted on the rows."""
    return candidate().fit(rows[list(columns)], rows["left"])


def tuned(name: str) -> tuple[Any, Callable[[], Any]]:
    """The model's best candidate by log loss on the validation days: its probabilities there, and how to make it again."""
    columns, candidates = MODELS[name]
    tried = [(probabilities(fitted(each, train, columns), validation, columns), each) for each in candidates]
    return min(tried, key=lambda found: log_loss(validation["left"], found[0]))


on_validation: dict[str, Any] = {}
on_test: dict[str, Any] = {}
for name, (inputs, _candidates) in MODELS.items():
    on_validation[name], best = tuned(name)
    # Chosen and then fitted again on all days before the test: the newest ones teach the most.
    final = fitted(best, data[part != "test"], inputs)
    on_test[name] = probabilities(final, test, inputs)


# %%
def losses(actual: Any, p: Any) -> Any:
    """The log loss of each row."""
    return -np.where(actual == 1, np.log(p), np.log1p(-p))


def resampled_weights(rows: Any, count: int = RESAMPLES) -> Any:
    """How often each row counts in each resample; whole accounts are drawn, since snapshots of one account are alike."""
    codes, accounts = pd.factorize(rows["account"])
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(len(accounts), np.full(len(accounts), 1 / len(accounts)), size=count)
    return drawn[:, codes]


def gain(rows: Any, better: Any, worse: Any) -> tuple[float, float, float, float]:
    """How much log loss `better` saves over `worse` per snapshot: mean, 2.5 %, 97.5 %, and the standard error."""
    saved = losses(rows["left"], worse) - losses(rows["left"], better)
    weights = resampled_weights(rows)
    means = (weights @ saved) / weights.sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(saved.mean()), float(low), float(high), float(means.std())


def ece(actual: Any, p: Any, groups: int = 5) -> float:
    """Expected calibration error in groups of equal size."""
    order = np.array_split(np.argsort(p, kind="stable"), groups)
    actual = np.asarray(actual)
    return float(
        sum(abs(actual[own].mean() - p[own].mean()) * len(own) for own in order if len(own)) / len(p)
    )


def ece_by_chance(p: Any) -> float:
    """The mean ECE of a model that is right: the same probabilities, and departures drawn from them."""
    rng = np.random.default_rng(SEED)
    return float(np.mean([ece(rng.random(len(p)) < p, p) for _ in range(RESAMPLES // 4)]))


judged = {}
for name, p in on_test.items():
    actual = test["left"]
    judged[name] = {
        "log loss": log_loss(actual, p),
        "ROC AUC": roc_auc_score(actual, p),
        "PR AUC": average_precision_score(actual, p),
        "ECE": ece(actual, p),
        "ECE, chance": ece_by_chance(p),
        "expected": p.sum(),
    }
ladder = pd.DataFrame(judged).T
table(ladder, f"The models on the test days: {test['left'].sum()} departures in {len(test):,} snapshots")
RESULTS["models"] = judged

gains = {name: gain(test, p, on_test["base rate"]) for name, p in on_test.items() if name != "base rate"}
figure, axes = plt.subplots(figsize=(5.6, 3.2))
for place, (mean, low, high, _) in enumerate(reversed(gains.values())):
    axes.plot([low, high], [place, place], color=BLUE)
    axes.plot(mean, place, "o", color=BLUE, markersize=7)
axes.axvline(0, color="#222222", linewidth=1)
axes.set_yticks(range(len(gains)), list(reversed(gains)))
axes.set_xlabel(
    "log loss saved over the base rate, per snapshot\n(right of the line is better; 95 % by account)"
)
show(figure, "Log loss saved over the base rate by each model on the test days, with 95 % intervals.")

# %% [markdown]
# **Which model?** The choice is made on the validation days, and the test days only report. Among models whose log loss is within one
# standard error of the best one's, the simplest wins.

# %%
best_model = min(on_validation, key=lambda name: log_loss(validation["left"], on_validation[name]))
distance = {name: gain(validation, on_validation[best_model], on_validation[name]) for name in MODELS}
chosen = next(name for name in MODELS if distance[name][0] <= distance[name][3])
mean, low, high, _ = (
    gain(test, on_test[chosen], on_test["base rate"]) if chosen != "base rate" else (0.0, 0.0, 0.0, 0.0)
)
weights = resampled_weights(test, min(RESAMPLES, 300))
aucs = [
    roc_auc_score(test["left"], on_test[chosen], sample_weight=each)
    for each in weights
    if each[test["left"].to_numpy() == 1].sum() > 0
]
auc_low, auc_high = np.quantile(aucs, [0.025, 0.975])
RESULTS |= {"chosen": chosen, "best_on_validation": best_model, "auc": ladder.loc[chosen, "ROC AUC"]}
RESULTS |= {"auc_low": float(auc_low), "auc_high": float(auc_high)}
verdict = "better than the base rate" if low > 0 else "not surely better than the base rate"
say(
    f"Best on the validation days: **{best_model}**. Chosen: **{chosen}**. On the test days its ROC AUC is "
    f"{ladder.loc[chosen, 'ROC AUC']:.3f} (95 % {auc_low:.3f} to {auc_high:.3f}), and it saves {mean:.4f} of log loss per snapshot over the base "
    f"rate (95 % {low:.4f} to {high:.4f}): {verdict}."
)

# %%
curves = list(dict.fromkeys(["recency", chosen, BOOSTING]))
styles = dict(zip(curves, [(GREY, ":"), (BLUE, "-"), (ORANGE, "--")], strict=False))
figure, axes = plt.subplots(figsize=(5.6, 4.2))
for name, (colour, style) in styles.items():
    false_rate, true_rate, _ = roc_curve(test["left"], on_test[name])
    axes.plot(
        false_rate, true_rate, color=colour, linestyle=style, label=f"{name}: {judged[name]['ROC AUC']:.3f}"
    )
axes.plot([0, 1], [0, 1], color="#222222", linewidth=1, label="by chance: 0.500")
axes.set_xlabel("share of those that stayed, listed by mistake")
axes.set_ylabel("share of those that left, listed")
axes.legend(title="ROC AUC", loc="lower right")
show(figure, "ROC curves on the test days.")

figure, axes = plt.subplots(figsize=(5.6, 3.6))
for name, (colour, style) in styles.items():
    precision, recall, _ = precision_recall_curve(test["left"], on_test[name])
    axes.plot(
        recall[:-1],
        precision[:-1],
        color=colour,
        linestyle=style,
        label=f"{name}: {judged[name]['PR AUC']:.3f}",
    )
rate = test["left"].mean()
axes.axhline(rate, color="#222222", linewidth=1, label=f"by chance: {rate:.3f}")
axes.set_xlabel("recall: share of those that left, listed")
axes.set_ylabel("precision: share of\nthe list that left")
figure.legend(title="PR AUC", loc="outside upper center", ncols=2)
show(figure, "Precision and recall on the test days.")

# %%
p, actual = on_test[chosen], test["left"].to_numpy()
groups = [own for own in np.array_split(np.argsort(p, kind="stable"), 5) if len(own)]
predicted, observed = ([values[own].mean() for own in groups] for values in (p, actual))
spread = [
    1.96 * np.sqrt(max(mean * (1 - mean), 1e-9) / len(own))
    for mean, own in zip(predicted, groups, strict=True)
]
figure, axes = plt.subplots(figsize=(5.6, 3.8))
top = max(*predicted, *observed) * 1.25
axes.plot([0, top], [0, top], color="#222222", linewidth=1, label="as predicted")
axes.errorbar(
    predicted,
    observed,
    yerr=spread,
    fmt="o",
    color=BLUE,
    capsize=4,
    label="a fifth of the snapshots;\n95 % by chance",
)
axes.set_ylim(bottom=0)
for each in (axes.xaxis, axes.yaxis):
    each.set_major_formatter(PercentFormatter(1, decimals=0))
axes.set_xlabel("mean predicted probability")
axes.set_ylabel("share that left")
axes.legend(loc="upper left")
show(figure, f"Calibration of {chosen} on the test days: predicted against observed shares in five groups.")
say(
    f"**Calibration of {chosen}:** {p.sum():.1f} departures expected, {actual.sum()} happened. ECE {ece(actual, p):.4f}; a perfectly "
    f"calibrated model of the same size would have {ece_by_chance(p):.4f} by chance."
)

# %% [markdown]
# ## 8. What the list is worth
#
# A person can call a few accounts a day. What counts is how many of the departures, and how much of the lost revenue, are at the top
# of the list. Here the list is ordered by revenue at risk, which is MRR times probability.

# %%
mrr = test["mrr"].to_numpy()
lost = mrr * actual
by_risk = np.argsort(-p * mrr, kind="stable")
by_probability = np.argsort(-p, kind="stable")
listed = np.arange(1, len(p) + 1) / len(p)
figure, axes = plt.subplots(figsize=(5.6, 3.8))
axes.plot(
    listed, np.cumsum(actual[by_probability]) / actual.sum(), color=BLUE, label="departures, by probability"
)
axes.plot(
    listed,
    np.cumsum(lost[by_risk]) / lost.sum(),
    color=ORANGE,
    linestyle="--",
    label="lost MRR, by revenue at risk",
)
axes.plot([0, 1], [0, 1], color="#222222", linewidth=1, label="by chance")
for each in (axes.xaxis, axes.yaxis):
    each.set_major_formatter(PercentFormatter(1, decimals=0))
axes.set_xlabel("share of the accounts that are called")
axes.set_ylabel("share found")
axes.legend(loc="lower right")
show(figure, "Share of departures and of lost revenue found by calling a share of the accounts.")
tenth = max(len(p) // 10, 1)
RESULTS["departures_in_first_tenth"] = float(actual[by_probability][:tenth].sum() / actual.sum())
say(
    f"The first tenth of the list has {actual[by_probability][:tenth].sum() / actual.sum():.0%} of the departures and "
    f"{lost[by_risk][:tenth].sum() / lost.sum():.0%} of the lost MRR. Revenue at risk was {(p * mrr).sum():,.0f} {CURRENCY} a month, and "
    f"{lost.sum():,.0f} were lost: {(p * mrr).sum() / lost.sum():.2f} times the truth."
)

# %%
explained = fitted(lambda: logistic(0.1), data[part != "test"], FEATURES)
weights_of_inputs = pd.Series(explained[-1].coef_[0], index=FEATURES).sort_values(key=abs).tail(10)
figure, axes = plt.subplots(figsize=(5.6, 3.8))
colours = [ORANGE if each > 0 else BLUE for each in weights_of_inputs]
axes.barh(weights_of_inputs.index, weights_of_inputs, color=colours, height=0.6)
axes.axvline(0, color="#222222", linewidth=1)
axes.set_xlabel("log-odds per standard deviation\n(right: leaves more often, left: less often)")
axes.tick_params(axis="y", labelsize=9)
show(figure, "The ten largest weights of the logistic regression.")
say(
    "These are associations among inputs that move together, and no causes: a weight says what the model leans on, not what would happen "
    "if somebody changed it."
)

# %% [markdown]
# ## 9. Mistakes on purpose
#
# Each of these is made in published work. Every one is shown with the figure that it would have reported and the honest figure of the same
# model.

# %%
MISTAKES: list[dict[str, Any]] = []


def compare(mistake: str, measure: str, *, claimed: float, honest: float) -> None:
    """Note a mistake: the figure that it reports, the honest one, and by how much it flatters."""
    MISTAKES.append(
        {
            "mistake": mistake,
            "measure": measure,
            "claimed": float(claimed),
            "honest": float(honest),
            "flatters by": float(claimed - honest),
        }
    )
    say(
        f"**{mistake}.** Claimed: {measure} {claimed:.3f}. Honest: {honest:.3f}. It flatters by **{claimed - honest:+.3f}**."
    )


def auc_of(model: Any, rows: Any, columns: Sequence[str] = tuple(FEATURES)) -> float:
    """The model's ROC AUC on the rows."""
    return float(roc_auc_score(rows["left"], probabilities(model, rows, columns)))


before = data[part != "test"]
honest_logistic = auc_of(fitted(lambda: logistic(0.1), before, FEATURES), test)

# %% [markdown]
# ### Tomorrow leaks in
#
# The inputs are read from today's table for labels of the past month, so that "days since the last use" contains the month in which the
# account left.

# %%
leaked = pd.concat(
    [snapshots_on(each, usage_known_until=each + days(HORIZON)) for each in as_ofs], ignore_index=True
)
leaked["log_mrr"] = np.log1p(leaked["mrr"])
is_test = leaked["as_of"] >= test_from
compare(
    "Inputs from the month to predict",
    "ROC AUC",
    claimed=auc_of(fitted(lambda: logistic(0.1), leaked[~is_test], FEATURES), leaked[is_test]),
    honest=honest_logistic,
)

# %% [markdown]
# ### Resampled before the split
#
# Departures are rare, so their rows are copied until both classes are equal, and *then* the rows are split. Copies of one departure are
# in both parts, and a deep tree recognises them. The honest figure is of the same tree, split by time.

# %%
rng = np.random.default_rng(SEED)


def deep_tree() -> DecisionTreeClassifier:
    """A tree that may grow until it knows every row."""
    return DecisionTreeClassifier(min_samples_leaf=1, random_state=SEED)


leavers = data[data["left"] == 1]
copies = leavers.sample(int((data["left"] == 0).sum()), replace=True, random_state=SEED)
equal = pd.concat([data[data["left"] == 0], copies], ignore_index=True)
side = rng.random(len(equal)) < 0.3
compare(
    "Resampled before the split",
    "ROC AUC",
    claimed=auc_of(fitted(deep_tree, equal[~side], FEATURES), equal[side]),
    honest=auc_of(fitted(deep_tree, before, FEATURES), test),
)

# %% [markdown]
# ### Accuracy
#
# A "model" that says of everybody that they stay.

# %%
accuracy = float((test["left"] == 0).mean())
nobody = np.zeros(len(test), dtype=int)
compare(
    "Accuracy of saying that nobody leaves",
    "accuracy",
    claimed=accuracy,
    honest=balanced_accuracy_score(test["left"], nobody),
)
say(
    f"{accuracy:.1%} of its answers are right, and it finds none of the {test['left'].sum()} departures. The honest figure is the balanced "
    "accuracy: the mean of the share of stayers and the share of leavers that it gets right."
)

# %% [markdown]
# ### Class weights without calibration
#
# With `class_weight="balanced"` the model behaves as if half of the accounts left. The order hardly changes; the probabilities, and with
# them the revenue at risk, are far too high. Platt's method on the validation days corrects them.


# %%
def logit(p: Any) -> Any:
    """Log-odds, as a column."""
    return np.log(p / (1 - p)).reshape(-1, 1)


weighted = scaled(LogisticRegression(C=0.1, class_weight="balanced", max_iter=200)).fit(
    train[FEATURES], train["left"]
)
plain = fitted(lambda: logistic(0.1), train, FEATURES)
platt = LogisticRegression(C=1e6).fit(logit(probabilities(weighted, validation)), validation["left"])
p_plain, p_weighted = probabilities(plain, test), probabilities(weighted, test)
p_calibrated = platt.predict_proba(logit(p_weighted))[:, 1]
weighting = pd.DataFrame(
    {
        name: {
            "ROC AUC": roc_auc_score(actual, each),
            "log loss": log_loss(actual, each),
            "expected": each.sum(),
            "left": int(actual.sum()),
            "at risk / lost": (each * mrr).sum() / lost.sum(),
        }
        for name, each in (
            ("no weights", p_plain),
            ("class weights", p_weighted),
            ("class weights, then Platt", p_calibrated),
        )
    }
).T
table(weighting, "Class weights on the test days")
inflation = float(weighting.loc["class weights", "at risk / lost"])
honest_ratio = float(weighting.loc["no weights", "at risk / lost"])
compare("Class weights without calibration", "revenue at risk / lost", claimed=inflation, honest=honest_ratio)

# %% [markdown]
# ### Peeking at the test set
#
# Many models are tried, and the one that does best *on the test set* is reported with that figure. Here the accounts of the test days are
# cut in two halves at random: the winner on one half is then measured on the other, which it has not seen. The mean of many cuts.

# %%
TRIED, CUTS = (40, 50) if IS_SMALL else (200, 200)
tried = []
for _ in range(TRIED):
    columns = list(rng.choice(FEATURES, size=3, replace=False))
    tried.append(probabilities(fitted(lambda: logistic(1.0), before, columns), test, columns))
scores = pd.DataFrame(np.column_stack(tried))


def aucs_of(rows: Any) -> Any:
    """The ROC AUC of every model on the rows, from the ranks of those that left (Mann and Whitney)."""
    departed, own = actual[rows] == 1, scores[rows].rank().to_numpy()
    return (own[departed].mean(axis=0) - (departed.sum() + 1) / 2) / (~departed).sum()


codes, accounts = pd.factorize(test["account"])
claims, truths = [], []
for _ in range(CUTS):
    half = (rng.permutation(len(accounts)) < len(accounts) / 2)[codes]
    if min(actual[half].sum(), actual[~half].sum()) == 0:
        continue
    seen, unseen = aucs_of(half), aucs_of(~half)
    winner = int(np.argmax(seen))
    claims.append(seen[winner])
    truths.append(unseen[winner])
if claims:
    compare(
        f"The best of {TRIED} models on the test set",
        "ROC AUC",
        claimed=float(np.mean(claims)),
        honest=float(np.mean(truths)),
    )

# %% [markdown]
# ### All of them together

# %%
mistakes = pd.DataFrame(MISTAKES).set_index("mistake")
table(mistakes, "What each mistake reports, and what is true")
RESULTS["mistakes"] = MISTAKES
by_auc = mistakes[mistakes["measure"] == "ROC AUC"].iloc[::-1]
figure, axes = plt.subplots(figsize=(5.6, 2.8))
for place, (_, row) in enumerate(by_auc.iterrows()):
    axes.plot([row["honest"], row["claimed"]], [place, place], color=GREY, linewidth=1.5)
axes.plot(by_auc["honest"], range(len(by_auc)), "o", color=BLUE, markersize=8, label="honest")
axes.plot(by_auc["claimed"], range(len(by_auc)), "D", color=ORANGE, markersize=8, label="claimed")
axes.set_yticks(
    range(len(by_auc)),
    [name.replace(" on ", "\non ").replace(" to predict", "\nto predict") for name in by_auc.index],
)
axes.set_xlabel("ROC AUC on what was called the test")
figure.legend(loc="outside upper center", ncols=2)
show(figure, "For each mistake about ROC AUC: the honest and the claimed figure.")

# %% [markdown]
# ## 10. What to take away
#
# - Look at the interval before the figure: with few departures, most differences between models are chance.
# - A published AUC near 1 is a reason to look for the leak, not for applause.
# - If it is about money, probabilities have to be right, and not only the order.

# %% tags=["results"]
# For programs: `./keepwell notebook --json` prints it.
display({"application/vnd.keepwell.results+json": RESULTS}, raw=True)
