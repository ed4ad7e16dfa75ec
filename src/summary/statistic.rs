//! The results that summaries can give.

use super::kind::Kind;
use crate::c_enum::{CEnum, c_enum};
use crate::error::{Error, PAREXACT_ERROR_UNSUPPORTED, Result};

/// How many values, or pairs, the results are about.
pub const PAREXACT_RESULT_COUNT: i32 = 0;
/// How many values are NaN, or pairs have a NaN.
pub const PAREXACT_RESULT_NAN_COUNT: i32 = 1;
/// Σx; of weighted values Σwx.
pub const PAREXACT_RESULT_SUM: i32 = 2;
/// Σx/n; of weighted values Σwx/Σw.
pub const PAREXACT_RESULT_MEAN: i32 = 3;
/// Σ(x - mean)²/(n - ddof); of weighted values (Σw·Σwx² - (Σwx)²)/(Σw·(Σw - ddof)).
pub const PAREXACT_RESULT_VARIANCE: i32 = 4;
/// The root of the exact variance.
pub const PAREXACT_RESULT_STD: i32 = 5;
/// The least x, -0.0 below +0.0.
pub const PAREXACT_RESULT_MIN: i32 = 6;
/// The greatest x, +0.0 above -0.0.
pub const PAREXACT_RESULT_MAX: i32 = 7;
/// √Σx².
pub const PAREXACT_RESULT_NORM: i32 = 8;
/// m3/m2^1.5, where m_k = Σ(x - mean)^k/n.
pub const PAREXACT_RESULT_SKEWNESS: i32 = 9;
/// m4/m2² - 3.
pub const PAREXACT_RESULT_KURTOSIS: i32 = 10;
/// The skewness times √(n(n-1))/(n-2).
pub const PAREXACT_RESULT_SKEWNESS_UNBIASED: i32 = 11;
/// ((n²-1)·m4/m2² - 3(n-1)²)/((n-2)(n-3)).
pub const PAREXACT_RESULT_KURTOSIS_UNBIASED: i32 = 12;
/// Σy.
pub const PAREXACT_RESULT_SUM_Y: i32 = 13;
/// Σy/n.
pub const PAREXACT_RESULT_MEAN_Y: i32 = 14;
/// Σ(y - mean)²/(n - ddof).
pub const PAREXACT_RESULT_VARIANCE_Y: i32 = 15;
/// The root of the exact variance of y.
pub const PAREXACT_RESULT_STD_Y: i32 = 16;
/// Σxy.
pub const PAREXACT_RESULT_DOT: i32 = 17;
/// Σ(x - mean)(y - mean)/(n - ddof).
pub const PAREXACT_RESULT_COVARIANCE: i32 = 18;
/// Pearson's coefficient: Σ(x - mean)(y - mean)/√(Σ(x - mean)²·Σ(y - mean)²).
pub const PAREXACT_RESULT_CORRELATION: i32 = 19;
/// The slope of the regression line of y on x: Σ(x - mean)(y - mean)/Σ(x - mean)².
pub const PAREXACT_RESULT_SLOPE: i32 = 20;
/// The intercept of that line: mean of y - slope·mean of x.
pub const PAREXACT_RESULT_INTERCEPT: i32 = 21;
/// Σw.
pub const PAREXACT_RESULT_SUM_WEIGHTS: i32 = 22;
/// (Σw·Σwx² - (Σwx)²)/((Σw)² - Σ(w²)).
pub const PAREXACT_RESULT_RELIABILITY_VARIANCE: i32 = 23;
/// The root of that.
pub const PAREXACT_RESULT_RELIABILITY_STD: i32 = 24;
/// The least y.
pub const PAREXACT_RESULT_MIN_Y: i32 = 25;
/// The greatest y.
pub const PAREXACT_RESULT_MAX_Y: i32 = 26;
/// √Σy².
pub const PAREXACT_RESULT_NORM_Y: i32 = 27;
/// The square of the correlation.
pub const PAREXACT_RESULT_R_SQUARED: i32 = 28;
/// √(RSS/(n-2)), where RSS is the sum of the squared residuals of the regression line.
pub const PAREXACT_RESULT_RESIDUAL_STD: i32 = 29;
/// The standard error of the slope: √(RSS/(n-2)/Σ(x - mean)²).
pub const PAREXACT_RESULT_SLOPE_STDERR: i32 = 30;
/// The standard error of the intercept: that of the slope times √(Σx²/n).
pub const PAREXACT_RESULT_INTERCEPT_STDERR: i32 = 31;
/// The slope of the line through the origin: Σxy/Σx².
pub const PAREXACT_RESULT_SLOPE_ORIGIN: i32 = 32;

c_enum! {
    /// A result.
    pub enum Statistic: "PAREXACT_RESULT_" {
        /// How many pairs.
        Count = PAREXACT_RESULT_COUNT,
        /// How many pairs with a NaN.
        NanCount = PAREXACT_RESULT_NAN_COUNT,
        /// Σx, Σwx.
        Sum = PAREXACT_RESULT_SUM,
        /// The mean.
        Mean = PAREXACT_RESULT_MEAN,
        /// The variance.
        Variance = PAREXACT_RESULT_VARIANCE,
        /// The standard deviation.
        Std = PAREXACT_RESULT_STD,
        /// The least x.
        Min = PAREXACT_RESULT_MIN,
        /// The greatest x.
        Max = PAREXACT_RESULT_MAX,
        /// The norm of x.
        Norm = PAREXACT_RESULT_NORM,
        /// The skewness.
        Skewness = PAREXACT_RESULT_SKEWNESS,
        /// The excess kurtosis.
        Kurtosis = PAREXACT_RESULT_KURTOSIS,
        /// The unbiased skewness.
        SkewnessUnbiased = PAREXACT_RESULT_SKEWNESS_UNBIASED,
        /// The unbiased excess kurtosis.
        KurtosisUnbiased = PAREXACT_RESULT_KURTOSIS_UNBIASED,
        /// Σy.
        SumY = PAREXACT_RESULT_SUM_Y,
        /// The mean of y.
        MeanY = PAREXACT_RESULT_MEAN_Y,
        /// The variance of y.
        VarianceY = PAREXACT_RESULT_VARIANCE_Y,
        /// The standard deviation of y.
        StdY = PAREXACT_RESULT_STD_Y,
        /// Σxy.
        Dot = PAREXACT_RESULT_DOT,
        /// The covariance.
        Covariance = PAREXACT_RESULT_COVARIANCE,
        /// The correlation.
        Correlation = PAREXACT_RESULT_CORRELATION,
        /// The slope of the regression line.
        Slope = PAREXACT_RESULT_SLOPE,
        /// Its intercept.
        Intercept = PAREXACT_RESULT_INTERCEPT,
        /// Σw.
        SumWeights = PAREXACT_RESULT_SUM_WEIGHTS,
        /// The variance under reliability weights.
        ReliabilityVariance = PAREXACT_RESULT_RELIABILITY_VARIANCE,
        /// The standard deviation under reliability weights.
        ReliabilityStd = PAREXACT_RESULT_RELIABILITY_STD,
        /// The least y.
        MinY = PAREXACT_RESULT_MIN_Y,
        /// The greatest y.
        MaxY = PAREXACT_RESULT_MAX_Y,
        /// The norm of y.
        NormY = PAREXACT_RESULT_NORM_Y,
        /// The square of the correlation.
        RSquared = PAREXACT_RESULT_R_SQUARED,
        /// The standard deviation of the residuals.
        ResidualStd = PAREXACT_RESULT_RESIDUAL_STD,
        /// The standard error of the slope.
        SlopeStderr = PAREXACT_RESULT_SLOPE_STDERR,
        /// The standard error of the intercept.
        InterceptStderr = PAREXACT_RESULT_INTERCEPT_STDERR,
        /// The slope through the origin.
        SlopeOrigin = PAREXACT_RESULT_SLOPE_ORIGIN,
    }
}

impl Statistic {
    /// Does a kind have this result? `None` stands for a state, which has the first nine.
    pub fn is_of(self, kind: Option<Kind>) -> bool {
        let code = self as i32;
        match kind {
            None => code <= PAREXACT_RESULT_NORM,
            Some(Kind::Shape) => code <= PAREXACT_RESULT_KURTOSIS_UNBIASED,
            Some(Kind::Pair) => {
                code <= PAREXACT_RESULT_NORM
                    || (PAREXACT_RESULT_SUM_Y..=PAREXACT_RESULT_INTERCEPT).contains(&code)
                    || code >= PAREXACT_RESULT_MIN_Y
            }
            Some(Kind::Weighted) => {
                code <= PAREXACT_RESULT_MAX
                    || (PAREXACT_RESULT_SUM_WEIGHTS..=PAREXACT_RESULT_RELIABILITY_STD)
                        .contains(&code)
            }
        }
    }

    /// The result that a caller passed as `argument`, which the kind must have.
    pub fn of(kind: Option<Kind>, code: i32, argument: &str) -> Result<Self> {
        let statistic = Self::of_code(code, argument)?;
        if statistic.is_of(kind) {
            return Ok(statistic);
        }
        let name = Self::ALL[code as usize].1;
        let of = kind.map_or("a state".to_owned(), |kind| {
            format!("a summary of kind {}", kind.name())
        });
        Err(Error::new(
            PAREXACT_ERROR_UNSUPPORTED,
            format!("{argument} is {name}, which {of} does not have"),
        ))
    }
}
