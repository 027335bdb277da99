#!/usr/bin/env bash
# Compares scoring models with scikit-learn's and LightGBM's on the same rows and folds.
# usage: models.sh BIN_FOLDER
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
data="$root/../shared/data/x_education/leads_train.csv"
# Columns that sales staff filled in once they knew more.
later="Tags,Lead Quality,Asymmetrique Activity Index,Asymmetrique Profile Index"
later+=",Asymmetrique Activity Score,Asymmetrique Profile Score,Last Notable Activity"

echo
echo "== scoring models, 5-fold cross-validated (bars: AUC at least .905, calibration error at most .02)"
if [ ! -f "$data" ]; then
  echo "skipped: the public leads are not at $data"
  exit 0
fi
"$root/clients/python/setup.sh" models
"$root/.build-python/.venv-models/bin/python" "$here/models.py" "$1/leadrelay" "$data" Converted \
  --exclude "$later" --auc .905 --calibration .02
