"""Golden values made by scikit-learn: the least squares fit of the diabetes data. Run with `python make_sklearn_diabetes.py`."""

import sklearn
from golden import Cases
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

cases = Cases("diabetes.sklearn.json", "scikit-learn", sklearn.__version__)
data = load_diabetes()
fit = LinearRegression().fit(data.data, data.target)
cases.add(
    "least squares",
    {},
    {},
    dict(r2=fit.score(data.data, data.target), coefficients=list(fit.coef_), intercept=fit.intercept_),
)
cases.write()
