"""Our scoring model beside scikit-learn's logistic regression and LightGBM: the same rows, the same folds.

    models.py LEADRELAY FILE TARGET [--exclude A,B] [--positive VALUE]

Prints cross-validated figures (every row judged by a model that was trained without its fold), the time that
training takes, and the time of one explained answer and of many. Exits with 1 where ours falls behind the bars
given by --auc and --calibration.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time

import lightgbm
import numpy
import pandas
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

MISSING = ["", "Select", "NA", "N/A", "null", "-", "nan", "?"]
MASK = (1 << 64) - 1


def mixed(state):
    """The finaliser of SplitMix64 behind one step, as the product orders rows."""
    state = (state + 0x9E3779B97F4A7C15) & MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def folds(labels, count=5, seed=42):
    """The product's folds: each class in the order of SplitMix64, dealt out in turn."""
    parts = numpy.zeros(len(labels), dtype=int)
    for label in (0, 1):
        rows = [row for row in range(len(labels)) if labels[row] == label]
        rows.sort(key=lambda row: (mixed((seed + row * 0x9E3779B97F4A7C15) & MASK), row))
        for place, row in enumerate(rows):
            parts[row] = place % count
    return parts


def calibration_error(labels, chances):
    """Ten bins of equal width."""
    bins = numpy.minimum(9, (chances * 10).astype(int))
    return sum(
        abs(chances[bins == b].sum() - labels[bins == b].sum()) for b in range(10)
    ) / len(labels)


def figures(labels, chances):
    return {
        "AUC": roc_auc_score(labels, chances),
        "PR-AUC": average_precision_score(labels, chances),
        "Brier": brier_score_loss(labels, chances),
        "log loss": log_loss(labels, numpy.clip(chances, 1e-6, 1 - 1e-6)),
        "calibration": calibration_error(labels, chances),
    }


def read(path, target, positive, excluded):
    table = pandas.read_csv(
        path, sep=None, engine="python", na_values=MISSING, keep_default_na=True)
    table = table[table[target].notna()]
    answers = table[target].astype(str)
    if positive is None:
        positive = next(v for v in ("1", "1.0", "yes", "Yes", "True", "true", "won", "Won")
                        if (answers == v).any())
    labels = (answers == positive).astype(int).to_numpy()
    table = table.drop(columns=[target] + [c for c in excluded if c in table])
    for column in list(table):
        distinct = table[column].nunique(dropna=False)
        # Names of rows, and what never changes, are left out as a person would do.
        if distinct <= 1 or (table[column].dtype == object and distinct > 0.9 * len(table)):
            table = table.drop(columns=[column])
        elif str(table[column].dtype).startswith(("int", "Int")) and distinct == len(table):
            table = table.drop(columns=[column])
    return table, labels


def kinds(table):
    numbers = [c for c in table if pandas.api.types.is_numeric_dtype(table[c])]
    return numbers, [c for c in table if c not in numbers]


def logistic(table):
    numbers, words = kinds(table)
    return make_pipeline(
        ColumnTransformer([
            ("numbers", make_pipeline(
                SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
            ("words", make_pipeline(
                SimpleImputer(strategy="constant", fill_value="missing"),
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)), words),
        ]),
        LogisticRegression(max_iter=5000, C=1.0))


def boosted():
    return lightgbm.LGBMClassifier(
        n_estimators=300, learning_rate=0.03, num_leaves=15, min_child_samples=20, subsample=0.8,
        subsample_freq=1, colsample_bytree=0.5, reg_lambda=5, n_jobs=os.cpu_count(), verbose=-1,
        random_state=42, deterministic=True, force_col_wise=True)


def categorical(table):
    copy = table.copy()
    for column in kinds(table)[1]:
        copy[column] = copy[column].astype("category")
    return copy


def cross_validated(make, table, labels, parts):
    chances = numpy.zeros(len(labels))
    start = time.perf_counter()
    for part in range(parts.max() + 1):
        trained = make()
        trained.fit(table[parts != part], labels[parts != part])
        chances[parts == part] = trained.predict_proba(table[parts == part])[:, 1]
    return figures(labels, chances), time.perf_counter() - start


def timed(action, times):
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times


def ours(binary, arguments):
    with tempfile.TemporaryDirectory() as folder:
        base = [binary]
        database = ["--database", f"sqlite:{folder}/models.sqlite"]
        train = base + ["train", "--csv", arguments.file, "--target", arguments.target,
                        "--name", "bench", "--json"] + database
        if arguments.exclude:
            train += ["--exclude", arguments.exclude]
        if arguments.positive:
            train += ["--positive", arguments.positive]
        start = time.perf_counter()
        trained = json.loads(subprocess.run(train, check=True, capture_output=True).stdout)
        seconds = time.perf_counter() - start
        scored = json.loads(subprocess.run(
            base + ["score", "--csv", arguments.file, "--model", "bench", "--output",
                    f"{folder}/out.csv", "--timing", "--json"] + database,
            check=True, capture_output=True).stdout)
    metrics = trained["report"]["metrics"]
    return trained["report"], {
        "AUC": metrics["auc"], "PR-AUC": metrics["averagePrecision"], "Brier": metrics["brier"],
        "log loss": metrics["logLoss"], "calibration": metrics["calibrationError"],
    }, seconds, scored


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("file")
    parser.add_argument("target")
    parser.add_argument("--exclude", default="")
    parser.add_argument("--positive")
    parser.add_argument("--auc", type=float, default=0)
    parser.add_argument("--calibration", type=float, default=1)
    arguments = parser.parse_args()

    table, labels = read(
        arguments.file, arguments.target, arguments.positive,
        [c for c in arguments.exclude.split(",") if c])
    parts = folds(labels)
    print(f"{len(labels)} rows, {labels.mean():.1%} positive, {table.shape[1]} columns\n")

    rows = {}
    report, metrics, seconds, scored = ours(arguments.binary, arguments)
    rows[f"LeadRelay ({report['kind']}, calibration {report['calibration']})"] = metrics
    rows["scikit-learn, logistic regression"], logistic_time = cross_validated(
        lambda: logistic(table), table, labels, parts)
    words = categorical(table)
    rows["LightGBM, 300 trees"], boosted_time = cross_validated(boosted, words, labels, parts)

    names = list(metrics)
    width = max(map(len, rows))
    print(" " * width + "".join(f"{name:>13}" for name in names))
    for name, values in rows.items():
        print(f"{name:<{width}}" + "".join(f"{values[n]:13.4f}" for n in names))

    single = boosted()
    fit = timed(lambda: single.fit(words, labels), 1)
    row = words.iloc[[0]]
    booster = single.booster_
    many = words.iloc[:2000]
    explained = timed(lambda: booster.predict(many, pred_contrib=True), 1) / len(many)
    print(f"""
training         LeadRelay {seconds:.1f} s (four families, search, calibration, report; whole process)
                 LightGBM {fit:.2f} s for one model, {boosted_time:.1f} s for five folds; scikit-learn {logistic_time:.1f} s
one explained    LeadRelay {scored['singleMicroseconds']:.0f} µs, LightGBM {timed(lambda: booster.predict(row, pred_contrib=True), 200) * 1e6:.0f} µs
many, explained  LeadRelay {scored['batchRowsPerSecond']:,.0f} rows/s, LightGBM {1 / explained:,.0f} rows/s""")
    if metrics["AUC"] < arguments.auc or metrics["calibration"] > arguments.calibration:
        raise SystemExit(
            f"AUC {metrics['AUC']:.4f} (bar {arguments.auc}), calibration error "
            f"{metrics['calibration']:.4f} (bar {arguments.calibration})")


if __name__ == "__main__":
    main()
